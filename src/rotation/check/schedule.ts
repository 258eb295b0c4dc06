import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../../github/client/api.js';
import { repositoryPath } from '../../github/secrets/scope.js';

/** What GitHub tells of the workflow that rotates. */
export interface ScheduleState {
  /** `active`, or why GitHub does not run it, as `disabled_inactivity`; undefined when there is no such workflow. */
  readonly state: string | undefined;
  /** Milliseconds; undefined when its schedule never ran. */
  readonly lastRunAt?: number | undefined;
  readonly conclusion?: string | undefined;
  readonly url?: string | undefined;
}

const workflowShape = v.looseObject({ state: v.string() });
const runsShape = v.looseObject({
  workflow_runs: v.array(
    v.looseObject({ created_at: v.string(), conclusion: v.nullish(v.string()), html_url: v.optional(v.string()) }),
  ),
});

/** Looks when a workflow was last started by its schedule. `workflow` is its file name. Takes `actions: read`. */
export async function readSchedule(
  api: GitHubApi,
  at: { readonly owner: string; readonly repository: string; readonly workflow: string },
): Promise<ScheduleState> {
  const what = `look at the workflow ${at.workflow} of ${at.owner}/${at.repository}`;
  const request = { what, owner: at.owner };
  const path = `${repositoryPath(at)}/actions/workflows/${encodeURIComponent(at.workflow)}`;
  const workflow = await api.request('GET', path, { ...request, accept: [404] });
  if (workflow.status === 404) return { state: undefined };
  const { state } = parseShape(workflowShape, workflow.body, what);
  const runs = await api.request('GET', `${path}/runs?event=schedule&per_page=1`, request);
  const last = parseShape(runsShape, runs.body, what).workflow_runs[0];
  if (!last) return { state };
  return {
    state,
    lastRunAt: Date.parse(last.created_at),
    conclusion: last.conclusion ?? undefined,
    url: last.html_url,
  };
}
