import type { Context } from '../../base/context.js';
import { LadingError, messageOf } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { GitHubSession } from '../../github/identity/open.js';
import { entryOf, failures, isoOf } from '../entries.js';
import type { RotationRequest } from '../request.js';
import type { RotateResult } from '../result.js';
import { isOlder } from '../secrets/found-secret.js';
import type { Reading } from '../secrets/read.js';
import { judgeSchedule, readSchedule, type ScheduleState, type ScheduleVerdict } from './schedule.js';

/** Tells the age of each secret, and whether the workflow that rotates them ran. */
export async function checkRotation(
  request: Pick<RotationRequest, 'maxAge' | 'workflow'>,
  context: Pick<Context, 'env' | 'report'>,
  session: GitHubSession,
  reading: Reading,
): Promise<RotateResult> {
  const now = session.api.now();
  const secrets = reading.found.map((one) => {
    if (one.updatedAt === undefined) return entryOf(one, 'missing', now);
    return entryOf(one, isOlder(one, now, request.maxAge) ? 'stale' : 'fresh', now);
  });
  const schedule = await scheduleOf(request, context, session);
  return {
    mode: 'check',
    secrets: [...secrets, ...failures(reading.failed)],
    registries: [],
    schedule,
    ...session.api.sent,
  };
}

async function scheduleOf(
  { workflow, maxAge }: Pick<RotationRequest, 'maxAge' | 'workflow'>,
  { env, report }: Pick<Context, 'env' | 'report'>,
  { api, app }: GitHubSession,
): Promise<RotateResult['schedule']> {
  const [owner, repository] = env['GITHUB_REPOSITORY']?.split('/') ?? [];
  if (!owner || !repository) return undefined;
  try {
    await app?.narrow(owner, { permissions: { actions: 'read' }, repositories: [repository] });
    const found = await readSchedule(api, { owner, repository, workflow });
    const verdict = judgeSchedule(found, { now: api.now(), maxAge });
    const [text, hint] = explainSchedule(verdict, found, `${owner}/${repository}`, workflow) ?? [];
    if (text !== undefined) say(report, 'warning', text, hint);
    return {
      workflow,
      verdict,
      state: found?.state,
      lastRunAt: isoOf(found?.lastRunAt),
      conclusion: found?.lastEnd?.conclusion,
      url: found?.lastEnd?.url,
    };
  } catch (error) {
    if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
    say(report, 'warning', `cannot tell whether the schedule ran: ${messageOf(error)}`, error.hint);
    return undefined;
  }
}

/** A sentence and what to do; undefined when all is well. */
export function explainSchedule(
  verdict: ScheduleVerdict,
  found: ScheduleState | undefined,
  repository: string,
  workflow: string,
): readonly [string, string] | undefined {
  switch (verdict) {
    case 'on time':
    case 'new':
      return undefined;
    case 'missing':
      return [
        `${repository} has no workflow ${workflow}`,
        'Write it by lading init rotate, push it to the default branch, or name another by --workflow.',
      ];
    case 'disabled': {
      const why = found?.state === 'disabled_inactivity' ? ': nothing was pushed for 60 days' : '';
      return [
        `the workflow ${workflow} of ${repository} is ${found?.state ?? 'disabled'}${why}`,
        `Enable it: gh workflow enable ${workflow} --repo ${repository}`,
      ];
    }
    case 'failed': {
      const { conclusion, url } = found?.lastEnd ?? {};
      return [
        `the last run of ${workflow} of ${repository} ended with ${conclusion}`,
        `Look at it${url ? `: ${url}` : ''}, and start it again: gh workflow run ${workflow} --repo ${repository}`,
      ];
    }
    case 'late':
      return [
        `the schedule of ${workflow} of ${repository} has ${found?.lastRunAt === undefined ? 'never started it' : 'not started it for long'}`,
        `Start it by hand: gh workflow run ${workflow} --repo ${repository}`,
      ];
  }
}
