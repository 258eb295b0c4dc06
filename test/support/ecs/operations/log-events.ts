import { containersOf } from '../engine/definitions.js';
import { EcsFault } from '../engine/fault.js';
import { compact, needText, number, record, text, texts } from '../engine/fields.js';
import type { Json, Task, World } from '../engine/state.js';
import type { Operation } from './operation.js';

interface Line {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

/** CloudWatch Logs, as far as the last lines of a container need it. */
export const logs: Readonly<Record<string, Operation>> = {
  GetLogEvents: {
    changes: false,
    answer(world, input) {
      const stream = needText(input, 'logStreamName');
      const lines = within(linesOf(world, needText(input, 'logGroupName')), input).filter(
        (one) => one.stream === stream,
      );
      if (lines.length === 0) throw missing('log stream');
      const limit = number(input, 'limit') ?? 10_000;
      const [, from] = /^[fb]\/(\d+)$/.exec(text(input, 'nextToken') ?? '') ?? [];
      const start =
        from !== undefined ? Number(from) : input.startFromHead === true ? 0 : Math.max(0, lines.length - limit);
      const page = lines.slice(start, start + limit);
      return {
        events: page.map((line) => ({
          timestamp: line.timestamp,
          message: line.message,
          ingestionTime: line.timestamp + 500,
        })),
        nextForwardToken: `f/${start + page.length}`,
        nextBackwardToken: `b/${Math.max(0, start - limit)}`,
      };
    },
  },
  FilterLogEvents: {
    changes: false,
    answer(world, input) {
      const names = texts(input, 'logStreamNames');
      const prefix = text(input, 'logStreamNamePrefix') ?? '';
      const all = within(linesOf(world, needText(input, 'logGroupName')), input);
      const lines = all.filter(
        (one) => (names.length === 0 || names.includes(one.stream)) && one.stream.startsWith(prefix),
      );
      const from = Number(text(input, 'nextToken') ?? 0);
      const limit = number(input, 'limit') ?? 10_000;
      const page = lines.slice(from, from + limit);
      return compact({
        events: page.map((line, at) => ({
          eventId: String(from + at).padStart(56, '0'),
          ingestionTime: line.timestamp + 500,
          logStreamName: line.stream,
          message: line.message,
          timestamp: line.timestamp,
        })),
        searchedLogStreams: [],
        nextToken: from + limit < lines.length ? String(from + limit) : undefined,
      });
    },
  },
};

function within(lines: readonly Line[], input: Json): readonly Line[] {
  const [start = 0, end = Infinity] = [number(input, 'startTime'), number(input, 'endTime')];
  return lines.filter((line) => line.timestamp >= start && line.timestamp < end);
}

/** All lines of a group in the order of their times. */
function linesOf(world: World, group: string): readonly Line[] {
  const writers = [...world.tasks.values()].flatMap((task) =>
    streamsOf(task, group).map((stream) => ({ task, stream })),
  );
  const known = [...world.definitions.values()]
    .flat()
    .some((one) => containersOf(one).some((c) => groupOf(c) === group));
  if (!known) throw missing('log group');
  return writers
    .flatMap(({ task, stream }) => written(world, task, stream))
    .sort((one, other) => one.timestamp - other.timestamp);
}

function streamsOf(task: Task, group: string): readonly string[] {
  const options = (container: Json) => record(record(container.logConfiguration).options);
  return containersOf(task.definition)
    .filter((container) => groupOf(container) === group && options(container)['awslogs-stream-prefix'])
    .map((container) => `${String(options(container)['awslogs-stream-prefix'])}/${String(container.name)}/${task.id}`);
}

function groupOf(container: Json): unknown {
  return record(record(container.logConfiguration).options)['awslogs-group'];
}

/** A task that never ran has written nothing, unless its script says what. */
function written(world: World, task: Task, stream: string): Line[] {
  const { logs: script } = task.behaviour;
  const from = task.runningAt ?? (script && task.stoppingAt);
  if (from === undefined) return [];
  return (script ?? ['listening on 8080'])
    .map((message, at) => ({ stream, timestamp: from + at * 100, message }))
    .filter((line) => line.timestamp <= world.now);
}

function missing(what: string): EcsFault {
  return new EcsFault('ResourceNotFoundException', `The specified ${what} does not exist.`);
}
