import type { Clock } from '../../base/clock.js';
import type { EcsApi, Revision } from '../api.js';
import { revisionOf } from '../definition/task-definition.js';
import { wrongImages } from './verdict.js';

export interface Wanted {
  readonly taskDefinition: string;
  /** Container → digests that count as the one that was asked for. */
  readonly images: ReadonlyMap<string, ReadonlySet<string>>;
}

type ProofContext = { readonly ecs: EcsApi; readonly clock: Clock; readonly signal: AbortSignal };

/** What speaks against green, though the deployment is SUCCESSFUL: its revision is to run what was asked for. */
export async function doubtOf(
  revisionArn: string | undefined,
  wanted: Wanted,
  context: ProofContext,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  const revision = revisionArn === undefined ? undefined : await readRevision(revisionArn, context);
  if (revision?.taskDefinition !== wanted.taskDefinition) {
    const runs = revision ? `runs ${revisionOf(revision.taskDefinition)}` : 'does not tell what it runs';
    return { code: 'WRONG_REVISION', message: `it ${runs} and not ${revisionOf(wanted.taskDefinition)}` };
  }
  const [wrong] = wrongImages(wanted.images, revision.containerImages ?? []);
  if (!wrong) return undefined;
  const message = `${wrong.container} runs ${wrong.actual ?? 'an unknown image'} and not ${wrong.wanted}`;
  return { code: 'WRONG_IMAGE', message };
}

/** A read right after the end may not know it yet. */
async function readRevision(arn: string, { ecs, clock, signal }: ProofContext): Promise<Revision | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    if (tries > 0) await clock.sleep(2000, signal);
    const revision = await ecs.revision(arn);
    if (revision) return revision;
  }
  return undefined;
}
