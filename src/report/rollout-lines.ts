import { formatDuration } from '../base/duration.js';
import type { ReportEvent } from '../base/tell/report.js';
import type { RolloutCause, RolloutProgress } from '../base/tell/rollout.js';

type RolloutEvent = Extract<ReportEvent, { type: 'rollout' }>;

/** What is told of a rollout, with the time of the day in UTC; the first line is of this level, the rest goes with it. */
export interface RolloutLines {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly hint?: string | undefined;
  /** Lines of a container: untrusted. */
  readonly logs: readonly string[];
  readonly source: string;
}

export function rolloutLines({ of, at, change }: RolloutEvent): RolloutLines {
  const head = `${new Date(at).toISOString().slice(11, 19)} ${of}`;
  const plain = (text: string, level: RolloutLines['level'] = 'info', hint?: string): RolloutLines => ({
    level,
    text: `${head}: ${text}`,
    hint,
    logs: [],
    source: of,
  });
  switch (change.kind) {
    case 'progress':
      return plain(progressText(change.progress));
    case 'cause':
      return {
        ...plain(causeText(change.cause), 'error', change.cause.hint),
        logs: change.cause.logs,
        source: change.cause.container ?? of,
      };
    case 'passing':
      return plain(`${causeText(change.cause)}; this may pass`, 'info', change.cause.hint);
    case 'turning': {
      const who = { us: 'ECS is asked to go back', 'far side': 'ECS goes back', somebody: 'somebody stops it' }[
        change.by
      ];
      return plain(`${who}${change.reason ? `: ${change.reason}` : ''}`, change.by === 'somebody' ? 'warning' : 'info');
    }
    case 'unseen':
      return plain(`${change.what}: ${change.lost}`, 'warning', change.allow && `Allow ${change.allow} to this role.`);
    case 'waiting':
      return plain(
        `${change.what} does not come through for ${formatDuration(change.ms)}: ${change.why}; it is asked again`,
      );
    case 'notice':
      return plain(change.text);
  }
}

function progressText({ stage, running, desired, starting, failures, traffic }: RolloutProgress): string {
  const parts = [
    stage,
    `${running} of ${desired} running`,
    starting > 0 && `${starting} starting`,
    traffic !== undefined && `${traffic}% of the traffic`,
    failures && `${failures.count} of ${failures.of} failures`,
  ];
  return parts.filter(Boolean).join(', ');
}

function causeText({ container, text, exitCode, tasks, of, task, zone }: RolloutCause): string {
  const exit = exitCode === undefined ? '' : ` (exit code ${exitCode})`;
  // More may have died than are wanted: each is started anew.
  const isShare = of !== undefined && of > 1 && tasks <= of;
  const share =
    tasks === 0 ? undefined : isShare ? `${tasks} of ${of} tasks` : `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
  const which = task && `task ${task.slice(task.lastIndexOf('/') + 1)}`;
  const where = [share, which, zone].filter(Boolean).join(', ');
  return `${container ? `${container}: ` : ''}${text}${exit}${where ? ` [${where}]` : ''}`;
}
