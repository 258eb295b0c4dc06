import type { DeploymentItem, EcsApi, Place, Revision } from '../../api.js';
import { readService } from '../../api.js';
import type { Seen } from '../../seen.js';
import { createReader, skipped } from '../../seen.js';
import type { Service, TaskDefinition } from '../../shapes.js';
import type { Patience } from '../patience.js';

/** A service deployment of the past with what it ran. */
export interface Past {
  readonly arn: string;
  readonly status: string;
  readonly statusReason: string | undefined;
  /** Milliseconds since 1970 by AWS's clock. */
  readonly createdAt: number;
  /** Undefined when its revision cannot be read. */
  readonly revision: Revision | undefined;
}

/** How the service stands before anything is done. */
export interface Present {
  readonly service: Service;
  /** The definition that the service has now. */
  readonly live: TaskDefinition;
  /** Newest first; not seen where the role may not, or the ECS cannot, tell. */
  readonly history: Seen<readonly Past[]>;
  /** What the newest deployment ran, when that is not what the service has now: it was turned back. */
  readonly turnedBack: TaskDefinition | undefined;
}

/** So many deployments back it is known what they ran: one call. */
const REVISIONS = 20;

export async function readPresent(ecs: EcsApi, place: Place, patience: Patience): Promise<Present> {
  const over = new AbortController();
  try {
    return await read(ecs, place, patience.within(over.signal));
  } finally {
    over.abort();
  }
}

async function read(ecs: EcsApi, place: Place, patience: Patience): Promise<Present> {
  const [service, history] = await Promise.all([
    patience.until('DescribeServices', () => readService(ecs, place.cluster, place.service)),
    readHistory(ecs, place, patience),
  ]);
  const live = await patience.until('DescribeTaskDefinition', () => ecs.taskDefinition(service.taskDefinition));
  const newest = history.is === 'seen' ? history.value[0] : undefined;
  const other = newest?.revision?.taskDefinition;
  const turnedBack =
    newest !== undefined && other !== undefined && other !== service.taskDefinition && isTurned(newest.status)
      ? await ecs.taskDefinition(other).catch(() => undefined)
      : undefined;
  return { service, live, history, turnedBack };
}

/** Service deployments of the last 90 days with what they ran, newest first. What may pass is waited for. */
export async function readHistory(ecs: EcsApi, place: Place, patience: Patience): Promise<Seen<readonly Past[]>> {
  const reader = createReader();
  const list = await settled('ListServiceDeployments', () => ecs.deployments(place.cluster, place.service));
  if (list.is !== 'seen') return list;
  const items = [...list.value].sort((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0));
  const arns = [...new Set(items.flatMap((item) => item.targetServiceRevisionArn ?? []))].slice(0, REVISIONS);
  const read = arns.length === 0 ? skipped : await settled('DescribeServiceRevisions', () => ecs.revisions(arns));
  const revisions = new Map(
    read.is === 'seen' ? read.value.map((revision) => [revision.serviceRevisionArn, revision] as const) : [],
  );
  return { is: 'seen', value: items.map((item) => pastOf(item, revisions)) };

  async function settled<Value>(operation: string, ask: () => Promise<Value>): Promise<Seen<Value>> {
    let last: Seen<Value> = skipped;
    await patience.until(operation, () =>
      ask().then(
        (value) => (last = { is: 'seen', value }),
        async (error: unknown) => {
          last = await reader.read(operation, () => Promise.reject(error as Error));
          // A denial is an answer; a web page comes three times before it is believed.
          if (last.is === 'unread') throw error;
        },
      ),
    );
    return last;
  }
}

function pastOf(item: DeploymentItem, revisions: ReadonlyMap<string, Revision>): Past {
  return {
    arn: item.serviceDeploymentArn,
    status: item.status,
    statusReason: item.statusReason ?? undefined,
    createdAt: (item.createdAt ?? 0) * 1000,
    revision: revisions.get(item.targetServiceRevisionArn ?? ''),
  };
}

export function isInFlight(status: string): boolean {
  return status === 'PENDING' || status === 'IN_PROGRESS';
}

function isTurned(status: string): boolean {
  return /^(STOP_REQUESTED|ROLLBACK_|STOPPED|FAILED)/.test(status);
}
