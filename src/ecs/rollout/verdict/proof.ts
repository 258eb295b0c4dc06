import type { Clock } from '../../../base/clock.js';
import type { EcsApi, Place, Revision } from '../../api.js';
import { digestIn } from '../../definition/change.js';
import { revisionOf } from '../../definition/read.js';
import { createReader } from '../../seen.js';
import type { TaskDefinition } from '../../shapes.js';
import type { Ours } from '../watch/state.js';

/** What shows that the digest that was asked for is what runs. */
export type ProofBy =
  /** ECS's own record of the revision. */
  | 'revision'
  /** Every running task of the deployment. */
  | 'tasks'
  /** The definition names its images by digest, and the deployment is of that definition. */
  | 'definition'
  /** No digest was asked for. */
  | 'nothing asked';

export type Proof =
  | { readonly is: 'proven'; readonly by: ProofBy }
  /** Something else runs. */
  | { readonly is: 'refuted'; readonly code: 'WRONG_REVISION' | 'WRONG_IMAGE'; readonly message: string }
  /** It cannot be told what runs. */
  | { readonly is: 'open'; readonly message: string };

export interface Claim {
  readonly place: Place;
  readonly ours: Ours;
  readonly definition: TaskDefinition;
  /** ARN of the service revision that the deployment targets, where its record tells. */
  readonly revision: string | undefined;
  /** Container → digests that count as the one that was asked for. */
  readonly digests: ReadonlyMap<string, ReadonlySet<string>>;
}

type ProofContext = {
  readonly ecs: EcsApi;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What may pass is waited for until then, by our clock. */
  readonly deadline: number;
};

/** A revision that is there may come late, or in part. */
const LATE_MS = 20_000;

/** A deployment that is SUCCESSFUL is green only when what it runs is what was asked for. */
export async function prove(claim: Claim, context: ProofContext): Promise<Proof> {
  const { ecs, clock, signal, deadline } = context;
  const { revision } = claim;
  if (revision === undefined) return proveOtherwise(claim, context);
  const reader = createReader();
  const until = clock.now() + LATE_MS;
  for (;;) {
    const seen = await reader.read('DescribeServiceRevisions', () => ecs.revision(revision));
    if (seen.is === 'denied' || seen.is === 'absent') return proveOtherwise(claim, context);
    if (seen.is === 'seen' && seen.value) {
      const proof = proveByRevision(claim, seen.value);
      if (proof.is !== 'open') return proof;
      if (isNamed(claim)) return { is: 'proven', by: 'definition' };
    }
    // A revision that is late comes soon; a read that does not come through may take as long as it likes.
    if (clock.now() >= (seen.is === 'seen' ? until : deadline)) return proveOtherwise(claim, context);
    await clock.sleep(2000, signal);
  }
}

/** Pure. */
export function proveByRevision({ ours, digests }: Pick<Claim, 'ours' | 'digests'>, revision: Revision): Proof {
  if (revision.taskDefinition !== ours.taskDefinition) {
    const message = `it runs ${revisionOf(revision.taskDefinition)} and not ${revisionOf(ours.taskDefinition)}`;
    return { is: 'refuted', code: 'WRONG_REVISION', message };
  }
  for (const [container, accepted] of digests) {
    const found = revision.containerImages?.find(({ containerName }) => containerName === container);
    // Without version consistency only the image's name tells the digest.
    const actual = found?.imageDigest ?? digestIn(found?.image);
    if (actual === undefined) return { is: 'open', message: `ECS does not tell which image ${container} runs` };
    if (!accepted.has(actual)) {
      const message = `${container} runs ${actual} and not ${[...accepted][0] ?? ''}`;
      return { is: 'refuted', code: 'WRONG_IMAGE', message };
    }
  }
  return { is: 'proven', by: digests.size === 0 ? 'nothing asked' : 'revision' };
}

async function proveOtherwise(claim: Claim, { ecs }: ProofContext): Promise<Proof> {
  const { digests, ours, place } = claim;
  if (digests.size === 0) return { is: 'proven', by: 'nothing asked' };
  const reader = createReader();
  const seen = await reader.read('DescribeTasks', async () =>
    ecs.describeTasks(place.cluster, await ecs.listTasks(place.cluster, place.service, 'RUNNING')),
  );
  const own = seen.is === 'seen' ? seen.value.filter(({ startedBy }) => startedBy === ours.id) : [];
  for (const task of own) {
    for (const [container, accepted] of digests) {
      const actual = task.containers.find(({ name }) => name === container)?.imageDigest;
      if (actual && !accepted.has(actual)) {
        const message = `${container} runs ${actual} and not ${[...accepted][0] ?? ''}`;
        return { is: 'refuted', code: 'WRONG_IMAGE', message };
      }
    }
  }
  const told = (task: (typeof own)[number]) =>
    [...digests.keys()].every((container) =>
      task.containers.some(({ name, imageDigest }) => name === container && imageDigest),
    );
  if (own.length > 0 && own.every(told)) return { is: 'proven', by: 'tasks' };
  if (isNamed(claim)) return { is: 'proven', by: 'definition' };
  return { is: 'open', message: 'what runs cannot be told' };
}

/** A revision cannot change: where it names each image by the digest, its tasks run nothing else. */
function isNamed({ digests, definition }: Pick<Claim, 'digests' | 'definition'>): boolean {
  return [...digests].every(([container, accepted]) => {
    const image = definition.containerDefinitions.find(({ name }) => name === container)?.image;
    return accepted.has(digestIn(image) ?? '');
  });
}
