import type { Scenario, TaskScript } from '../scenario-shape.js';
import { exit1 } from './parts.js';

const RUN = 'Amazon ECS API reference, RunTask and StopTask';

/** How a task of RunTask goes, as a database migration; services roll out as in `ok`. */
export const oneOffScenarios: readonly Scenario[] = [
  oneOff('task-exit-1', `${RUN}: the exit code of an essential container is the verdict`, {
    runs: 3,
    stops: 8,
    containers: [{ exitCode: 1, logs: exit1.logs ?? [] }],
  }),
  oneOff('task-sidecar', 'A container that is not essential may fail', {
    runs: 3,
    stops: 8,
    containers: [
      { exitCode: 0, logs: ['Migrated'] },
      { exitCode: 3, logs: ['The sidecar is gone'] },
    ],
  }),
  oneOff('task-not-started', 'A container that never started has no exit code', {
    stops: 4,
    stopCode: 'TaskFailedToStart',
    stoppedReason: 'Task failed to start',
    containers: [
      {
        reason:
          'CannotStartContainerError: failed to create shim task: exec: "migrate": executable file not found in $PATH',
      },
    ],
  }),
  oneOff('task-quick', 'PENDING to STOPPED between two looks', { runs: 1, stops: 1.2 }),
  oneOff('task-long', 'A task that runs for two hours', { runs: 3, stops: 7200 }),
  oneOff('task-no-memory', 'Failures of RunTask come with HTTP 200', { stops: 0, failure: 'RESOURCE:MEMORY' }),
];

function oneOff(name: string, claims: string, task: TaskScript): Scenario {
  return { name, claims, events: [], task };
}
