import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../../github/client/api.js';
import { repositoryPath } from '../../github/secrets/place.js';

/** What GitHub tells of the workflow that rotates. Times are milliseconds. */
export interface ScheduleState {
  /** `active`, or why GitHub does not run it, as `disabled_inactivity`. */
  readonly state: string;
  readonly createdAt: number;
  /** When its schedule started it last; undefined when it never did. */
  readonly lastRunAt?: number | undefined;
  /** The last run that came to an end, whatever started it; runs that were skipped or cancelled count for nothing. */
  readonly lastEnd?: { readonly conclusion: string; readonly url: string | undefined } | undefined;
}

const timeShape = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(),
);
const workflowShape = v.looseObject({ state: v.string(), created_at: timeShape });
const runsShape = v.looseObject({
  workflow_runs: v.array(
    v.looseObject({
      created_at: timeShape,
      conclusion: v.nullish(v.string()),
      html_url: v.optional(v.string()),
    }),
  ),
});
const silentEnds: readonly (string | null | undefined)[] = [
  'skipped',
  'cancelled',
  'neutral',
  'stale',
  null,
  undefined,
];

/**
 * Looks when a workflow was last started by its schedule, and how its last run ended. `workflow` is its file name;
 * undefined when there is none. Takes `actions: read`.
 */
export async function readSchedule(
  api: GitHubApi,
  at: { readonly owner: string; readonly repository: string; readonly workflow: string },
): Promise<ScheduleState | undefined> {
  const what = `look at the workflow ${at.workflow} of ${at.owner}/${at.repository}`;
  const request = { what, owner: at.owner };
  const path = `${repositoryPath(at)}/actions/workflows/${encodeURIComponent(at.workflow)}`;
  const workflow = await api.request('GET', path, { ...request, accept: [404] });
  if (workflow.status === 404) return undefined;
  const { state, created_at: createdAt } = parseShape(workflowShape, workflow.body, what);
  const runsBy = async (query: string) =>
    parseShape(runsShape, (await api.request('GET', `${path}/runs?${query}`, request)).body, what).workflow_runs;
  const [scheduled] = await runsBy('event=schedule&per_page=1');
  const ended = await runsBy('status=completed&per_page=20');
  const last = ended.find(({ conclusion }) => !silentEnds.includes(conclusion));
  return {
    state,
    createdAt,
    lastRunAt: scheduled?.created_at,
    lastEnd: last?.conclusion ? { conclusion: last.conclusion, url: last.html_url } : undefined,
  };
}

/** How a schedule does. `new`: it is there for less time than its secrets may get old, and did not run yet. */
export type ScheduleVerdict = 'on time' | 'new' | 'late' | 'failed' | 'disabled' | 'missing';

/** `maxAge`: milliseconds that may lie between two runs. */
export function judgeSchedule(
  found: ScheduleState | undefined,
  { now, maxAge }: { readonly now: number; readonly maxAge: number },
): ScheduleVerdict {
  if (found === undefined) return 'missing';
  if (found.state !== 'active') return 'disabled';
  if (found.lastEnd !== undefined && found.lastEnd.conclusion !== 'success') return 'failed';
  if (now - (found.lastRunAt ?? found.createdAt) >= maxAge) return 'late';
  return found.lastRunAt === undefined ? 'new' : 'on time';
}
