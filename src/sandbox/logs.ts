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

interface Stream {
  readonly createdAt: number;
  readonly events: Event[];
}

type Input = Readonly<Record<string, unknown>>;

/** CloudWatch Logs, as far as tasks write and people read. */
export function createLogs(world: World): EmulatedService & LogStore {
  const groups = new Map<string, { readonly createdAt: number; readonly streams: Map<string, Stream> }>();

  function requireGroup(input: Input): Map<string, Stream> {
    const group = groups.get(String(input.logGroupName));
    if (group) return group.streams;
    throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
  }

  function requireStream(input: Input): Event[] {
    const stream = requireGroup(input).get(String(input.logStreamName));
    if (stream) return stream.events;
    throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
  }

  function openStream(group: string, name: string): Event[] {
    const now = Math.round(world.clock.now());
    const { streams } = groups.get(group) ?? { streams: new Map<string, Stream>() };
    if (!groups.has(group)) groups.set(group, { createdAt: now, streams });
    const stream = streams.get(name) ?? { createdAt: now, events: [] };
    streams.set(name, stream);
    return stream.events;
  }

  const arnOf = (name: string) => `arn:aws:logs:${world.region}:${world.accountId}:log-group:${name}`;

  return {
    name: 'logs',
    writeTask(container, taskId, lines) {
      const configuration = container.logConfiguration as
        { logDriver?: string; options?: Record<string, string> } | undefined;
      const group = configuration?.options?.['awslogs-group'];
      const prefix = configuration?.options?.['awslogs-stream-prefix'];
      if (configuration?.logDriver !== 'awslogs' || !group || !prefix) return;
      const events = openStream(group, `${prefix}/${String(container.name)}/${taskId}`);
      for (const line of lines)
        events.push({ timestamp: Math.round(line.at), message: line.text, ingestionTime: Math.round(line.at) });
    },
    operations: {
      CreateLogGroup(input) {
        const name = String(input.logGroupName);
        if (groups.has(name))
          throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
        groups.set(name, { createdAt: Math.round(world.clock.now()), streams: new Map() });
        return {};
      },
      CreateLogStream(input) {
        if (requireGroup(input).has(String(input.logStreamName)))
          throw new AwsFault('ResourceAlreadyExistsException', 'The specified log stream already exists');
        openStream(String(input.logGroupName), String(input.logStreamName));
        return {};
      },
      DescribeLogGroups(input) {
        const prefix = String((input.logGroupNamePrefix as string | undefined) ?? '');
        const found = [...groups].filter(([name]) => name.startsWith(prefix)).sort(byName);
        return {
          logGroups: found.map(([name, { createdAt }]) => ({
            logGroupName: name,
            arn: `${arnOf(name)}:*`,
            creationTime: createdAt,
            metricFilterCount: 0,
            storedBytes: 0,
          })),
        };
      },
      DescribeLogStreams(input) {
        const streams = [...requireGroup(input)].filter(isWanted(input)).sort(byName);
        const last = ({ events }: Stream) => events.at(-1)?.timestamp ?? 0;
        if (input.orderBy === 'LastEventTime') streams.sort(([, a], [, b]) => last(a) - last(b));
        if (input.descending === true) streams.reverse();
        return {
          logStreams: streams.slice(0, Number(input.limit ?? 50)).map(([name, { createdAt, events }]) => ({
            logStreamName: name,
            arn: `${arnOf(String(input.logGroupName))}:log-stream:${name}`,
            creationTime: createdAt,
            storedBytes: 0,
            ...(events.length > 0 && {
              firstEventTimestamp: events[0]?.timestamp,
              lastEventTimestamp: events.at(-1)?.timestamp,
              lastIngestionTime: events.at(-1)?.ingestionTime,
            }),
          })),
        };
      },
      PutLogEvents(input) {
        const events = requireStream(input);
        for (const event of (input.logEvents as { timestamp: number; message: string }[] | undefined) ?? [])
          events.push({ ...event, ingestionTime: Math.round(world.clock.now()) });
        return { nextSequenceToken: String(events.length) };
      },
      GetLogEvents(input) {
        const all = requireStream(input);
        const limit = Number(input.limit ?? 10_000);
        const token = typeof input.nextToken === 'string' ? Number(input.nextToken.slice(2)) : undefined;
        const from = token ?? 0;
        const chosen = all.slice(from).filter(isWithin(input));
        const events =
          input.startFromHead === true || token !== undefined ? chosen.slice(0, limit) : chosen.slice(-limit);
        const next = events.length === 0 ? from : all.indexOf(events.at(-1) as Event) + 1;
        return { events, nextForwardToken: `f/${next}`, nextBackwardToken: `b/${from}` };
      },
      FilterLogEvents(input) {
        const pattern = String((input.filterPattern as string | undefined) ?? '').replace(/^"(.*)"$/, '$1');
        const all = [...requireGroup(input)]
          .filter(isWanted(input))
          .flatMap(([logStreamName, { events }]) =>
            events.map((event, at) => ({ ...event, logStreamName, eventId: `${logStreamName}-${at}` })),
          )
          .filter((event) => isWithin(input)(event) && event.message.includes(pattern))
          .sort((a, b) => a.timestamp - b.timestamp);
        const from = Number(input.nextToken ?? 0);
        const events = all.slice(from, from + Number(input.limit ?? 10_000));
        const next = from + events.length;
        return { events, searchedLogStreams: [], ...(next < all.length && { nextToken: String(next) }) };
      },
    },
  };
}

function isWithin(input: Input): (event: Event) => boolean {
  const { startTime = 0, endTime = Infinity } = input as { startTime?: number; endTime?: number };
  return ({ timestamp }) => timestamp >= startTime && timestamp < endTime;
}

function isWanted(input: Input): (entry: readonly [string, unknown]) => boolean {
  const names = input.logStreamNames as readonly string[] | undefined;
  const prefix = String((input.logStreamNamePrefix as string | undefined) ?? '');
  return ([name]) => name.startsWith(prefix) && (names?.includes(name) ?? true);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
