import { AwsError } from '../../aws/failure.js';
import type { EcsApi, Place, Revision } from '../api.js';
import { primaryOf } from '../api.js';
import type { Reader, Seen } from '../seen.js';
import { createReader, isDenied, isUnknownOperation, skipped } from '../seen.js';
import type { Service, ServiceDeployment, Task } from '../shapes.js';
import type { Patience } from './patience.js';
import type { Rollout } from './rollout.js';
import type { Candidate, Observation, RolloutState } from './watch/state.js';

/** How long a deployment whose answer was lost is looked for before it is asked for again. */
const LOST_MS = 20_000;

/** ECS's own controller: rolling, blue/green, linear and canary are all seen by their service deployment. */
export function ecsRollout(ecs: EcsApi, place: Place, patience: Patience): Rollout {
  const reader = createReader();
  const revisions = new Map<string, Revision>();
  return {
    async begin(update, before) {
      const known = primaryOf(before)?.id;
      let lostAt: number | undefined;
      return patience.until('UpdateService', async () => {
        const lost = lostAt === undefined ? undefined : await lookForLost(known, update, lostAt);
        if (lost) return lost;
        lostAt = patience.clock.now();
        return ecs.update(update);
      });
    },
    async look(state) {
      const { wanted } = state;
      const { cluster, service } = place;
      const [found, record, tasks] = await Promise.all([
        wanted.service ? reader.read('DescribeServices', () => ecs.findService(cluster, service)) : skipped,
        wanted.record ? readRecord(state) : noRecord,
        readTasks(state),
      ]);
      return { service: found, ...record, ...tasks, reads: reader.take() };
    },
    async turnBack(arn) {
      try {
        await ecs.stop(arn);
        return 'asked';
      } catch (error) {
        if (isDenied(error)) return 'denied';
        if (
          isUnknownOperation(error) ||
          (error instanceof AwsError && /Conflict|InvalidParameter|ClientException|NotFound/.test(error.type))
        )
          return 'refused';
        throw error;
      }
    },
  };

  /** Only a PRIMARY that was not there before shows that it took effect; a read may be late, so it is asked for a while. */
  async function lookForLost(before: string | undefined, update: object, lostAt: number): Promise<Service | undefined> {
    const wanted = (update as { readonly taskDefinition?: string }).taskDefinition;
    for (;;) {
      const now = await ecs.findService(place.cluster, place.service);
      const primary = now && primaryOf(now);
      const isNew = primary !== undefined && primary.id !== before;
      if (now && isNew && (wanted === undefined || primary.taskDefinition === wanted)) return now;
      if (patience.clock.now() >= lostAt + LOST_MS) return undefined;
      await patience.clock.sleep(2000, patience.signal);
    }
  }

  type Records = Pick<Observation, 'record' | 'candidates'>;

  async function readRecord(state: RolloutState): Promise<Records> {
    if (state.arn === undefined) return readCandidates(state);
    const { arn } = state;
    const record = await reader.read('DescribeServiceDeployments', () => notYet(ecs.deployment(arn)));
    if (record.is !== 'denied' && record.is !== 'absent') return { record, candidates: skipped };
    // The list tells less, but it tells how it ended.
    const list = await reader.read('ListServiceDeployments', () => ecs.deployments(place.cluster, place.service));
    if (list.is !== 'seen') return { record: list.is === 'unread' ? list : record, candidates: skipped };
    const item = list.value.find(({ serviceDeploymentArn }) => serviceDeploymentArn === arn);
    return { record: { is: 'seen', value: item }, candidates: skipped };
  }

  /** From the list, and from what the service names: either may come later than the other. */
  async function readCandidates(state: RolloutState): Promise<Records> {
    const list = await reader.read('ListServiceDeployments', () => ecs.deployments(place.cluster, place.service));
    const named = state.service?.currentServiceDeployment;
    const listed = list.is === 'seen' ? list.value : [];
    const unlisted =
      named && !listed.some(({ serviceDeploymentArn }) => serviceDeploymentArn === named) ? named : undefined;
    const asks = unlisted !== undefined || (named !== undefined && list.is !== 'seen');
    const described: Seen<ServiceDeployment | undefined> = asks
      ? await reader.read('DescribeServiceDeployments', () => notYet(ecs.deployment(named ?? '')))
      : skipped;
    const young = listed.filter(({ createdAt }) => (createdAt ?? 0) * 1000 >= state.ours.createdAt - 5000);
    const possible = [
      ...young.map((item) => ({ item, revision: item.targetServiceRevisionArn })),
      ...(described.is === 'seen' && described.value
        ? [{ item: described.value, revision: described.value.targetServiceRevision?.arn }]
        : []),
    ];
    const candidates: Candidate[] = [];
    for (const { item, revision } of possible) {
      candidates.push({
        arn: item.serviceDeploymentArn,
        createdAt: item.createdAt == null ? undefined : item.createdAt * 1000,
        taskDefinition: revision ? await definitionOf(revision) : undefined,
      });
    }
    if (list.is === 'seen' || described.is === 'seen') {
      return { record: skipped, candidates: { is: 'seen', value: candidates } };
    }
    return { record: skipped, candidates: described.is === 'skipped' ? list : described };
  }

  async function definitionOf(revisionArn: string): Promise<string | undefined> {
    const known = revisions.get(revisionArn);
    if (known) return known.taskDefinition;
    const seen = await reader.read('DescribeServiceRevisions', () => notYet(ecs.revision(revisionArn)));
    if (seen.is !== 'seen' || !seen.value) return undefined;
    revisions.set(revisionArn, seen.value);
    return seen.value.taskDefinition;
  }

  async function readTasks({ wanted, described }: RolloutState): Promise<Pick<Observation, 'stopped' | 'running'>> {
    // Those that run are looked at after those that died: who came up meanwhile speaks for the deployment.
    const stopped = wanted.stopped ? await readList(reader, ecs, place, 'STOPPED', described) : skipped;
    const running = wanted.running ? await readList(reader, ecs, place, 'RUNNING', new Set()) : skipped;
    return { stopped, running };
  }
}

const noRecord = { record: skipped, candidates: skipped };

async function readList(
  reader: Reader,
  ecs: EcsApi,
  { cluster, service }: Place,
  status: 'RUNNING' | 'STOPPED',
  known: ReadonlySet<string>,
): Promise<Seen<readonly Task[]>> {
  const list = await reader.read('ListTasks', () => ecs.listTasks(cluster, service, status).catch(noneIfGone));
  if (list.is !== 'seen') return list;
  const fresh = list.value.filter((arn) => !known.has(arn));
  if (fresh.length === 0) return { is: 'seen', value: [] };
  return reader.read('DescribeTasks', () => ecs.describeTasks(cluster, fresh));
}

/** A read right after a write may say that there is no such thing. */
async function notYet<Value>(asked: Promise<Value | undefined>): Promise<Value | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof AwsError && /NotFound/.test(error.type)) return undefined;
    throw error;
  });
}

function noneIfGone(error: unknown): readonly never[] {
  if (error instanceof AwsError && /^(Service|Cluster)NotFoundException|ServiceNotActiveException$/.test(error.type))
    return [];
  throw error;
}
