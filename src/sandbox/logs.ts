import type { EmulatedService, World } from './service.js';
import { AwsFault } from './service.js';

export interface LogStore {
  /** Appends lines to `prefix/container/task` of the container's awslogs group, when it has one. */
  writeTask(
    container: Readonly<Record<string, unknown>>,
    taskId: string,
    lines: readonly { readonly at: number; readonly text: string }[],
  ): void;
}

interface Event {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
}

/** CloudWatch Logs, as far as tasks write and people read. */
export function createLogs(world: World): EmulatedService & LogStore {
  const groups = new Map<string, Map<string, Event[]>>();

  function requireStream(input: Readonly<Record<string, unknown>>): Event[] {
    const group = groups.get(String(input.logGroupName));
    if (!group) throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
    const stream = group.get(String(input.logStreamName));
    if (!stream) throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
    return stream;
  }

  const streamOf = (group: string, stream: string): Event[] => {
    const streams = groups.get(group) ?? new Map<string, Event[]>();
    groups.set(group, streams);
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    return events;
  };

  const arnOf = (name: string) => `arn:aws:logs:${world.region}:${world.accountId}:log-group:${name}`;

  return {
    name: 'logs',
    target: 'Logs_20140328',
    writeTask(container, taskId, lines) {
      const configuration = container.logConfiguration as
        { logDriver?: string; options?: Record<string, string> } | undefined;
      const group = configuration?.options?.['awslogs-group'];
      const prefix = configuration?.options?.['awslogs-stream-prefix'];
      if (configuration?.logDriver !== 'awslogs' || !group || !prefix) return;
      const events = streamOf(group, `${prefix}/${String(container.name)}/${taskId}`);
      for (const line of lines)
        events.push({ timestamp: Math.round(line.at), message: line.text, ingestionTime: Math.round(line.at) });
    },
    operations: {
      CreateLogGroup(input) {
        const name = String(input.logGroupName);
        if (groups.has(name))
          throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
        groups.set(name, new Map());
        return {};
      },
      CreateLogStream(input) {
        if (!groups.has(String(input.logGroupName)))
          throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
        streamOf(String(input.logGroupName), String(input.logStreamName));
        return {};
      },
      DescribeLogGroups(input) {
        const prefix = String((input.logGroupNamePrefix as string | undefined) ?? '');
        const names = [...groups.keys()].filter((name) => name.startsWith(prefix)).sort();
        return {
          logGroups: names.map((name) => ({
            logGroupName: name,
            arn: `${arnOf(name)}:*`,
            creationTime: 0,
            metricFilterCount: 0,
            storedBytes: 0,
          })),
        };
      },
      DescribeLogStreams(input) {
        const group = groups.get(String(input.logGroupName));
        if (!group) throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
        const name = String(input.logGroupName);
        return {
          logStreams: [...group.keys()].sort().map((stream) => ({
            logStreamName: stream,
            arn: `${arnOf(name)}:log-stream:${stream}`,
            creationTime: 0,
            storedBytes: 0,
          })),
        };
      },
      PutLogEvents(input) {
        const events = requireStream(input);
        for (const event of (input.logEvents as { timestamp: number; message: string }[] | undefined) ?? [])
          events.push({ ...event, ingestionTime: world.clock.now() });
        return { nextSequenceToken: String(events.length) };
      },
      GetLogEvents(input) {
        const all = requireStream(input);
        const limit = Number(input.limit ?? 10_000);
        const token = typeof input.nextToken === 'string' ? Number(input.nextToken.slice(2)) : undefined;
        const from = token ?? 0;
        const chosen = all.slice(from).filter((event) => event.timestamp >= Number(input.startTime ?? 0));
        const events =
          input.startFromHead === true || token !== undefined ? chosen.slice(0, limit) : chosen.slice(-limit);
        const next = events.length === 0 ? from : all.indexOf(events.at(-1) as Event) + 1;
        return { events, nextForwardToken: `f/${next}`, nextBackwardToken: `b/${from}` };
      },
      FilterLogEvents(input) {
        const group = groups.get(String(input.logGroupName));
        if (!group) throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
        const events = [...group].flatMap(([stream, entries]) =>
          entries.map((event, at) => ({ ...event, logStreamName: stream, eventId: `${stream}-${at}` })),
        );
        return { events: events.sort((a, b) => a.timestamp - b.timestamp), searchedLogStreams: [] };
      },
    },
  };
}
