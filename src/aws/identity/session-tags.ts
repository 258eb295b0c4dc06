import type { Environment } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import type { SessionTag } from '../credentials/assume-role.js';

/** STS takes no more. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_know */
const MOST = 50;
const LONGEST = 256;

/** What a job of GitHub is, in the order in which aws-actions/configure-aws-credentials has it. */
const always: readonly (readonly [key: string, variable: string])[] = [
  ['Repository', 'GITHUB_REPOSITORY'],
  ['Workflow', 'GITHUB_WORKFLOW'],
  ['Action', 'GITHUB_ACTION'],
  ['Actor', 'GITHUB_ACTOR'],
  ['Commit', 'GITHUB_SHA'],
  ['Branch', 'GITHUB_REF'],
];
/** Left out when all of them together are too large for STS. */
const droppable: readonly (readonly [key: string, variable: string])[] = [
  ['EventName', 'GITHUB_EVENT_NAME'],
  ['BaseRef', 'GITHUB_BASE_REF'],
  ['HeadRef', 'GITHUB_HEAD_REF'],
  ['RunId', 'GITHUB_RUN_ID'],
  ['Job', 'GITHUB_JOB'],
  ['TriggeringActor', 'GITHUB_TRIGGERING_ACTOR'],
];

const ownKeys = new Set(['GitHub', ...[...always, ...droppable].map(([key]) => key)]);

/** Tags of a session that is not one of an ID token. */
export interface SessionTags {
  readonly all: readonly SessionTag[];
  /** What to try when STS finds all of them too large. */
  readonly fewer: readonly SessionTag[];
}

/** The job as tags, with the user's own. Outside of GitHub there are only those. */
export function sessionTags(env: Environment, custom: readonly SessionTag[]): SessionTags {
  if (env.GITHUB_ACTIONS !== 'true') return { all: custom, fewer: custom };
  const tagsOf = (list: typeof always) =>
    list.flatMap(([Key, variable]) => {
      const value = env[variable];
      return value ? [{ Key, Value: sanitize(value) }] : [];
    });
  const fewer = [{ Key: 'GitHub', Value: 'Actions' }, ...tagsOf(always), ...custom];
  return { all: [...fewer, ...tagsOf(droppable)], fewer };
}

/** A tag takes fewer characters than a name of GitHub has. */
function sanitize(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, LONGEST);
}

/** A JSON object of texts, numbers and booleans. Every mistake at once; `where` of each is left empty. */
export function parseCustomTags(text: string): readonly SessionTag[] {
  const wrong = (message: string) => ({ where: '', message });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InputError({ ...wrong('is no JSON'), hint: 'Write it as {"Team":"shop"}.' });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InputError({ ...wrong('is no JSON object'), hint: 'Write it as {"Team":"shop"}.' });
  }
  const issues: { where: string; message: string }[] = [];
  const tags = Object.entries(value).map(([Key, given]: [string, unknown]) => {
    const isScalar = ['string', 'number', 'boolean'].includes(typeof given);
    const Value = isScalar ? String(given) : '';
    if (!isScalar) issues.push(wrong(`${Key} is no text, number or boolean`));
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u.test(Key))
      issues.push(wrong(`${JSON.stringify(Key)} is no key of a tag`));
    if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(Value))
      issues.push(wrong(`the value of ${Key} is none that a tag may have`));
    if (ownKeys.has(Key)) issues.push(wrong(`${Key} is a tag that says which job this is`));
    if (/^aws:/i.test(Key)) issues.push(wrong(`${Key} begins with aws:, which is reserved`));
    return { Key, Value };
  });
  if (tags.length + ownKeys.size > MOST)
    issues.push(wrong(`has ${tags.length} tags: with those of the job STS takes ${MOST}`));
  if (issues.length > 0) throw new InputError(issues);
  return tags;
}
