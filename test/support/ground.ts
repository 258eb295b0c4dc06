import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsSession } from '../../src/aws/api.js';
import { openAws } from '../../src/aws/session.js';
import type { Clock } from '../../src/base/clock.js';
import { systemClock } from '../../src/base/clock.js';
import type { Environment } from '../../src/base/context.js';
import type { ValuesOf } from '../../src/base/declare/input.js';
import { camelCase } from '../../src/base/declare/input.js';
import { LadingError } from '../../src/base/errors.js';
import type { Http } from '../../src/base/http/http.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { bootstrap } from '../../src/commands/bootstrap.js';
import type { BootstrapResult } from '../../src/ground/bootstrap/result.js';
import { testWorld } from './world.js';

export type GroundValues = ValuesOf<typeof bootstrap.inputs>;

export interface GroundOptions {
  readonly env?: Environment;
  readonly environment?: string;
  /** Stands between the run and the network. */
  readonly http?: (through: Http) => Http;
}

/** An account at moto, and the verb in it. */
export interface Ground {
  readonly aws: AwsSession;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly events: ReportEvent[];
  run(given?: Partial<GroundValues>, options?: GroundOptions): Promise<BootstrapResult>;
  failure(given?: Partial<GroundValues>, options?: GroundOptions): Promise<LadingError>;
  reset(): Promise<void>;
  close(): void;
}

/** Of a repository whose ids nobody is asked for. */
export const acmeShop = { repository: 'acme/shop', repositoryId: '789', ownerId: '12' };

/** Waits are short: what settles at moto settles at once. */
const quickClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 20), signal) };

export async function openGround(url: string): Promise<Ground> {
  const cwd = mkdtempSync(join(tmpdir(), 'lading-ground-'));
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-central-1',
    HOME: cwd,
  };
  const base = testWorld({ env, cwd });
  const events: ReportEvent[] = [];
  const run = async (given: Partial<GroundValues> = {}, options: GroundOptions = {}) => {
    const world = testWorld({ env: { ...env, ...options.env }, cwd, clock: quickClock });
    try {
      return await bootstrap.run(valuesOf({ ...acmeShop, ...given }), {
        ...world,
        environment: options.environment,
        http: options.http?.(world.http) ?? world.http,
        report: (event) => void events.push(event),
      });
    } finally {
      world.close();
    }
  };
  return {
    aws: await openAws(base),
    env,
    cwd,
    events,
    run,
    async failure(given, options) {
      try {
        await run(given, options);
      } catch (error) {
        if (error instanceof LadingError) return error;
        throw error;
      }
      throw new Error('it went well');
    },
    async reset() {
      events.length = 0;
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    close() {
      base.close();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

function valuesOf(given: Partial<GroundValues>): GroundValues {
  const defaults = Object.entries(bootstrap.inputs).map(([name, input]) => [
    camelCase(name),
    (input as { readonly default?: unknown }).default,
  ]);
  return { ...(Object.fromEntries(defaults) as GroundValues), ...given };
}
