import type { Context } from '../../base/context.js';
import { LadingError, messageOf } from '../../base/errors.js';
import { say } from '../../base/report.js';
import type { Look } from '../secrets/read.js';
import { isOlder } from '../secrets/plan.js';
import { readSchedule } from './schedule.js';
import type { GitHubAccess } from '../github-access.js';
import { entryOf, failures, isoOf } from '../entries.js';
import type { RotateResult } from '../result.js';

interface CheckValues {
  /** Milliseconds from which a secret is stale. */
  readonly maxAge: number;
  /** File name of the workflow. */
  readonly workflow: string;
}

/** Tells the age of each secret, and whether the workflow that rotates them ran. */
export async function checkRotation(
  values: CheckValues,
  context: Context,
  github: GitHubAccess,
  found: Look,
): Promise<RotateResult> {
  const now = context.clock.now();
  const secrets = found.standings.map((one) => {
    if (one.updatedAt === undefined) return entryOf(one, 'missing', context);
    return entryOf(one, isOlder(one, now, values.maxAge) ? 'stale' : 'fresh', context);
  });
  const schedule = await scheduleOf(values, context, github);
  return {
    mode: 'check',
    secrets: [...secrets, ...failures(found.unreadable)],
    registries: [],
    schedule,
    ...github.api.sent,
  };
}

async function scheduleOf(
  values: CheckValues,
  context: Context,
  github: GitHubAccess,
): Promise<RotateResult['schedule']> {
  const [owner, repository] = context.env['GITHUB_REPOSITORY']?.split('/') ?? [];
  if (!owner || !repository) return undefined;
  try {
    await github.app?.narrow(owner, { permissions: { actions: 'read' }, repositories: [repository] });
    const found = await readSchedule(github.api, { owner, repository, workflow: values.workflow });
    const overdue =
      found.state !== 'active' ||
      found.lastRunAt === undefined ||
      context.clock.now() - found.lastRunAt >= values.maxAge;
    return { workflow: values.workflow, state: found.state, lastRunAt: isoOf(found.lastRunAt), overdue };
  } catch (error) {
    if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
    say(context.report, 'warning', `cannot tell whether the schedule ran: ${messageOf(error)}`, error.hint);
    return undefined;
  }
}
