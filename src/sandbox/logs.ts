import { groupOperations } from './logs/groups.js';
import { readOperations } from './logs/read-events.js';
import { createLogState } from './logs/state.js';
import { streamOperations } from './logs/streams.js';
import { tagOperations } from './logs/tags.js';
import { writeOperations } from './logs/write-events.js';
import type { EmulatedService, Setting } from './service.js';

export interface LogStore {
  /** Appends lines to `prefix/container/task` of the container's awslogs group, when it has one. */
  writeTask(
    container: Readonly<Record<string, unknown>>,
    taskId: string,
    lines: readonly { readonly at: number; readonly text: string }[],
  ): void;
}

/** CloudWatch Logs: groups and streams, what tasks write and people read. */
export function createLogs(setting: Setting): EmulatedService & LogStore {
  const state = createLogState(setting);
  return {
    name: 'logs',
    writeTask(container, taskId, lines) {
      const configuration = container.logConfiguration as
        { logDriver?: string; options?: Record<string, string> } | undefined;
      const group = configuration?.options?.['awslogs-group'];
      const prefix = configuration?.options?.['awslogs-stream-prefix'];
      if (configuration?.logDriver !== 'awslogs' || !group || !prefix) return;
      const stream = state.openStream(state.openGroup(group), `${prefix}/${String(container.name)}/${taskId}`);
      for (const { at, text } of lines) state.add(stream, { timestamp: Math.round(at), message: text });
    },
    operations: {
      ...groupOperations(state),
      ...streamOperations(state),
      ...writeOperations(state),
      ...readOperations(state),
      ...tagOperations(state),
    },
  };
}
