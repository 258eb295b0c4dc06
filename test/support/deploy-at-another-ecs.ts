import type { AwsApi } from '../../src/aws/api.js';
import { explainRefusal, explainStranger, isTransient } from '../../src/aws/failure.js';
import type { Clock, VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import { HttpError, LadingError } from '../../src/base/errors.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { retry } from '../../src/base/retry.js';
import { ecsApi } from '../../src/ecs/api.js';
import { parseTaskDefinition } from '../../src/ecs/definition/read.js';
import { deployService } from '../../src/ecs/rollout/deploy.js';
import type { DeployRequest } from '../../src/ecs/rollout/run.js';
import type { DeployResult } from '../../src/ecs/rollout/verdict/result.js';
import type { Ecs, Reply } from './ecs/open.js';
import { openEcs } from './ecs/open.js';
import type { Errs } from './ecs/errs/errs.js';
import { definitionFor, OUR_IMAGE } from './ecs/rollouts/definition.js';
import type { Rollout } from './ecs/rollouts/rollout.js';

/** What lading said of a rollout on the ECS of another author, and that ECS to ask for the truth. */
export interface Told {
  readonly result: DeployResult | undefined;
  readonly error: LadingError | undefined;
  readonly exitCode: number;
  readonly events: readonly ReportEvent[];
  readonly ecs: Ecs;
  readonly clock: VirtualClock;
  /** When lading had its verdict, by that clock. */
  readonly at: number;
}

const REGION = 'eu-central-1';
const ENDPOINT = 'http://127.0.0.1';

type Service = 'ecs' | 'logs';

/** Deploys as the rollout wants it, in memory and on a virtual clock. */
export async function deployAtAnotherEcs(
  rollout: Rollout,
  options: { readonly seed?: number; readonly errs?: Errs; readonly request?: Partial<DeployRequest> } = {},
): Promise<Told> {
  const clock = virtualClock();
  const ecs = openEcs({
    clock,
    rollout,
    ...(options.seed !== undefined && { seed: options.seed }),
    ...(options.errs && { errs: options.errs }),
  });
  const events: ReportEvent[] = [];
  const signal = new AbortController().signal;
  const context = {
    ecs: ecsApi(apiOf(ecs, 'ecs', clock, signal), { tries: 2 }),
    logs: () => apiOf(ecs, 'logs', clock, signal),
    clock,
    report: (event: ReportEvent) => void events.push(event),
    signal,
  };
  const request = { ...requestFor(rollout), ...options.request };
  const told = (result: DeployResult | undefined, error?: LadingError): Told => ({
    result: result ?? (error?.result as DeployResult | undefined),
    error,
    exitCode: error?.exitCode ?? 0,
    events,
    ecs,
    clock,
    at: clock.now(),
  });
  try {
    return told(await deployService(request, context));
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    return told(undefined, error);
  }
}

/** The request that a rollout stands for; the same again is another deployment. */
export function requestFor(rollout: Rollout): DeployRequest {
  const { does = 'deploys', service = {} } = rollout;
  const deploys = does === 'deploys' || does === 'deploys twice';
  return {
    cluster: 'production',
    service: 'web',
    images: deploys ? [{ container: 'web', image: OUR_IMAGE }] : [],
    env: [],
    definition: deploys ? parseTaskDefinition(JSON.stringify(definitionFor(rollout)), 'web.json') : undefined,
    force: does === 'forces',
    desiredCount: does === 'scales' ? (service.desired ?? 2) + 2 : undefined,
    ifUnchanged: 'attach',
    wait: 'deployed',
    timeoutMs: (rollout.expect.patience ?? 30) * 60_000,
    failFast: true,
    dryRun: false,
  };
}

export function apiOf(ecs: Ecs, service: Service, clock: Clock, signal: AbortSignal): AwsApi {
  return {
    service,
    region: REGION,
    async call(operation, input = {}, { tries = 4 } = {}) {
      const once = async () =>
        outputOf(
          await ecs.answer(service, operation, input as Record<string, unknown>, { signal }),
          service,
          operation,
        );
      return retry(once, { clock, signal, tries, delayMs: 300, isTransient });
    },
  };
}

function outputOf(reply: Reply, service: Service, operation: string): unknown {
  const refused = (status: number, type: string | undefined, message: string) =>
    explainRefusal({ service, operation, region: REGION, endpoint: ENDPOINT, status, type, message });
  switch (reply.kind) {
    case 'output':
      return reply.output;
    case 'reset': {
      const cause = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
      throw new HttpError(`POST ${service}: socket hang up`, { code: 'NETWORK', cause });
    }
    case 'page':
      throw explainStranger({
        service,
        operation,
        region: REGION,
        endpoint: ENDPOINT,
        status: reply.status,
        isPage: true,
        words: '500 Internal Server Error',
      });
    case 'fault':
      throw refused(reply.fault.status, reply.fault.code, reply.fault.message);
  }
}
