import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect } from 'vitest';
import { virtualClock, type VirtualClock } from '../../src/base/clock.js';
import type { Context } from '../../src/base/context.js';
import { LadingError } from '../../src/base/errors.js';
import { createHttp } from '../../src/base/http/http.js';
import { camelCase, type ValuesOf } from '../../src/base/declare/input.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { rotate } from '../../src/commands/rotate.js';
import type { RotateResult } from '../../src/rotation/result.js';
import { startGitHub, type GitHubOptions } from '../../src/sandbox/github/server.js';
import { ecrPassword, startEcr, type EcrStandIn } from './ecr-stand-in.js';
import { createDescriptionCheck } from './github-description.js';
import { startOtherGitHub, type TestedGitHub } from './github/start.js';

export type RotateValues = ValuesOf<typeof rotate.inputs>;

type Extra = { readonly env?: Record<string, string>; readonly signal?: AbortSignal };

const validate = createDescriptionCheck();

/** What is true of the rotation must be true on both. */
export const gitHubs = [
  ['the sandbox’s GitHub', (options: GitHubOptions): Promise<TestedGitHub> => startGitHub({ validate, ...options })],
  ['a GitHub of another author', startOtherGitHub],
] as const;

export const hour = 3_600_000;

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const appKey = keys.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
export const appPublicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }) as string;

/** Every permission that a rotation may need. */
export const everything = {
  secrets: 'write', environments: 'write', dependabot_secrets: 'write', codespaces_secrets: 'write', agent_secrets: 'write',
  organization_secrets: 'write', organization_dependabot_secrets: 'write', organization_codespaces_secrets: 'write',
  organization_agent_secrets: 'write', actions_variables: 'write', agent_variables: 'write',
  organization_actions_variables: 'write', organization_agent_variables: 'write', actions: 'read',
}; // prettier-ignore

export interface RotationStage {
  readonly github: TestedGitHub;
  readonly ecr: EcrStandIn;
  readonly clock: VirtualClock;
  readonly cwd: string;
  readonly events: readonly ReportEvent[];
  /** Another GitHub in the place of this one. */
  restart(options?: Partial<GitHubOptions>): Promise<void>;
  context(extra?: Extra): Context;
  /** `lading rotate` with these inputs and the defaults of the others. */
  run(given: Partial<RotateValues>, extra?: Extra): Promise<{ readonly result: RotateResult; readonly exit: number }>;
  /** The error of a run that must have one. */
  failure(given: Partial<RotateValues>, extra?: Extra): Promise<LadingError & { readonly result?: RotateResult }>;
  /** `PUT /repos/…`, each request that is no GET. */
  writes(): readonly string[];
  /** What was told as an error, in messages. */
  errors(): readonly string[];
}

/** A GitHub with short pages and readers that are behind, an ECR, and an empty folder, for each test of a block. */
export function rotationStage(start: (options: GitHubOptions) => Promise<TestedGitHub>): RotationStage {
  let clock: VirtualClock;
  let github: TestedGitHub;
  let ecr: EcrStandIn;
  let cwd: string;
  let events: ReportEvent[];
  let http: ReturnType<typeof createHttp>;

  beforeEach(async () => {
    clock = virtualClock(Date.UTC(2026, 10, 23, 12));
    github = await start({ clock, pageLimit: 30, lagMs: 2500 });
    ecr = await startEcr(clock);
    cwd = await mkdtemp(join(tmpdir(), 'lading-rotate-'));
    events = [];
    http = createHttp({ env: {} });
  });

  afterEach(async () => {
    http.close();
    await Promise.all([github.close(), ecr.close(), rm(cwd, { recursive: true })]);
    // Whatever a test is about, each request must be one that GitHub describes.
    expect(github.violations).toEqual([]);
    expect(github.speed.refused).toBe(0);
    expect(JSON.stringify(events.filter(({ type }) => type !== 'mask'))).not.toContain(ecrPassword);
  });

  function context(extra: Extra = {}): Context {
    return {
      env: {
        GITHUB_API_URL: github.url,
        GH_TOKEN: 'github_pat_secret',
        AWS_ENDPOINT_URL_ECR: ecr.url,
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE',
        AWS_REGION: 'eu-central-1',
        HOME: cwd,
        ...extra.env,
      },
      cwd,
      http,
      exec: () => Promise.reject(new Error('nothing is run')),
      clock,
      report: (event) => void events.push(event),
      signal: extra.signal ?? new AbortController().signal,
    };
  }

  function values(given: Partial<RotateValues>): RotateValues {
    const defaults = Object.entries(rotate.inputs).map(([name, { default: value }]) => [
      camelCase(name),
      value as unknown,
    ]);
    return { ...Object.fromEntries(defaults), ...given } as RotateValues;
  }

  return {
    get github() {
      return github;
    },
    get ecr() {
      return ecr;
    },
    get clock() {
      return clock;
    },
    get cwd() {
      return cwd;
    },
    get events() {
      return events;
    },
    context,
    async restart(options = {}) {
      await github.close();
      github = await start({ clock, pageLimit: 30, lagMs: 2500, ...options });
    },
    async run(given, extra) {
      const result = await rotate.run(values(given), context(extra));
      expect(JSON.stringify(result)).not.toContain(ecrPassword);
      return { result, exit: rotate.exitCode?.(result) ?? 0 };
    },
    async failure(given, extra) {
      const error = await rotate.run(values(given), context(extra)).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(LadingError);
      return error as LadingError & { readonly result?: RotateResult };
    },
    writes: () =>
      github.exchanges.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`),
    errors: () => events.flatMap((event) => (event.type === 'message' && event.level === 'error' ? [event.text] : [])),
  };
}
