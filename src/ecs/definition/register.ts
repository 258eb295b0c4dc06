import type { Report } from '../../base/tell/report.js';
import { say } from '../../base/tell/report.js';
import type { EcsApi } from '../api.js';
import type { Patience } from '../rollout/patience.js';
import { COMMIT_TAG } from '../rollout/verdict/serves.js';
import { isDenied } from '../seen.js';
import type { TaskDefinition } from '../shapes.js';
import { registrable } from './read.js';

/** Makes a revision, tagged with the commit of its images where that is known, and gives its ARN. */
export async function registerRevision(
  definition: TaskDefinition,
  commit: string | undefined,
  context: { readonly ecs: EcsApi; readonly patience: Patience; readonly report: Report },
): Promise<string> {
  const { ecs, patience, report } = context;
  const plain = registrable(definition);
  const tags = (definition.tags ?? []).filter(({ key }) => key !== COMMIT_TAG);
  const once = (input: object) => patience.until('RegisterTaskDefinition', () => ecs.register(input));
  if (commit === undefined) return once(plain);
  return once({ ...plain, tags: [...tags, { key: COMMIT_TAG, value: commit }] }).catch((error: unknown) => {
    // Who may register need not be allowed to tag; the tag is a help alone.
    if (!isDenied(error) || !/TagResource/i.test(error.message)) throw error;
    say(report, 'debug', 'The revision is not tagged with its commit: ecs:TagResource is denied.');
    return once(plain);
  });
}
