import type { Operation, Setting } from '../../../service.js';
import { protectedTask } from '../../render/cluster.js';
import { findTask, requireCluster } from '../../state/find.js';
import type { Input, SandboxTask } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { lastPart, listOf } from '../../state/state.js';
import { invalid } from '../invalid.js';

const USUAL_MINUTES = 120;
const MOST_MINUTES = 2880;

/** Tasks of services that are not to be stopped for scaling in or deployments. */
export function taskProtectionOperations(state: EcsState, setting: Setting): Record<string, Operation> {
  function each(input: Input, most: number, change: (task: SandboxTask) => void) {
    const cluster = requireCluster(state, input.cluster);
    const names = listOf(input.tasks).map(String);
    if (names.length > most) throw invalid(`Tasks cannot have more than ${most} elements.`);
    const protectedTasks: unknown[] = [];
    const failures: unknown[] = [];
    for (const name of names) {
      const task = findTask(state, cluster, name);
      const fail = (reason: string) =>
        failures.push({ arn: task?.arn ?? state.arn(`task/${cluster}/${lastPart(name)}`), reason });
      if (!task) fail('MISSING');
      // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
      else if (task.service === undefined || task.stopCode !== undefined) fail('TASK_NOT_VALID');
      else {
        change(task);
        protectedTasks.push(protectedTask(task.arn, task.protectedUntil, setting.clock.now()));
      }
    }
    return { protectedTasks, failures };
  }

  return {
    GetTaskProtection: (input) => each(input, 100, () => undefined),
    UpdateTaskProtection(input) {
      if (listOf(input.tasks).length === 0) throw invalid('Tasks cannot be empty.');
      const minutes = Number(input.expiresInMinutes ?? USUAL_MINUTES);
      if (!Number.isInteger(minutes) || minutes < 1 || minutes > MOST_MINUTES)
        throw invalid(`expiresInMinutes must be between 1 and ${MOST_MINUTES}.`);
      return each(input, 10, (task) => {
        if (input.protectionEnabled === true) task.protectedUntil = setting.clock.now() + minutes * 60_000;
        else delete task.protectedUntil;
      });
    },
  };
}
