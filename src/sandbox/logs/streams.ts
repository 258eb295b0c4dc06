import * as v from 'valibot';
import { pageOf } from '../page.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import type { LogEvent, LogState, LogStream } from './state.js';
import { invalid, limitOf, ofGroup, read, shapes } from './state.js';

const MOST_STREAMS = 50;

const named = v.object({ logGroupName: shapes.group, logStreamName: shapes.stream });

const listing = v.object({
  ...ofGroup,
  logStreamNamePrefix: v.optional(shapes.stream),
  orderBy: v.optional(v.picklist(['LogStreamName', 'LastEventTime'])),
  descending: v.optional(v.boolean()),
  nextToken: shapes.token,
  limit: limitOf(MOST_STREAMS),
});

/** Log streams: made, listed, deleted. */
export function streamOperations(state: LogState): Record<string, Operation> {
  const { setting } = state;
  return {
    CreateLogStream(input) {
      const asked = read(named, input);
      const group = state.requireGroup(asked.logGroupName);
      if (group.streams.has(asked.logStreamName))
        throw new AwsFault('ResourceAlreadyExistsException', 'The specified log stream already exists');
      state.openStream(group, asked.logStreamName);
      return {};
    },
    DeleteLogStream(input) {
      const asked = read(named, input);
      const group = state.requireGroup(asked.logGroupName);
      state.requireStream(group, asked.logStreamName);
      group.streams.delete(asked.logStreamName);
      return {};
    },
    DescribeLogStreams(input) {
      const asked = read(listing, input);
      const group = state.chooseGroup(asked);
      const { logStreamNamePrefix: prefix, orderBy, descending = false } = asked;
      if (orderBy === 'LastEventTime' && prefix !== undefined)
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix.');
      const found = [...group.streams].filter(([name]) => name.startsWith(prefix ?? '')).sort(byName);
      if (orderBy === 'LastEventTime') found.sort(([, a], [, b]) => lastOf(a) - lastOf(b));
      if (descending) found.reverse();
      const { items, more } = pageOf(found, {
        token: asked.nextToken,
        size: asked.limit ?? MOST_STREAMS,
        pageSize: setting.pageSize,
        invalid: () => invalid('The specified nextToken is invalid.'),
      });
      return {
        logStreams: items.map(([logStreamName, stream]) => ({
          logStreamName,
          arn: `${state.arnOf(group)}:log-stream:${logStreamName}`,
          creationTime: stream.createdAt,
          storedBytes: 0,
          ...timesOf(state.eventsOf(group, stream)),
        })),
        ...more,
      };
    },
  };
}

function timesOf(events: readonly LogEvent[]): Record<string, number> {
  const [first] = events;
  const last = events.at(-1);
  if (!first || !last) return {};
  return {
    firstEventTimestamp: first.timestamp,
    lastEventTimestamp: last.timestamp,
    lastIngestionTime: Math.max(...events.slice(-100).map(({ ingestionTime }) => ingestionTime)),
  };
}

function lastOf({ events }: LogStream): number {
  return events.at(-1)?.timestamp ?? 0;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
