import * as v from 'valibot';
import type { Operation } from '../service.js';
import { readFilterPattern } from './filter-pattern.js';
import type { LogEvent, LogGroup, LogState } from './state.js';
import { invalid, limitOf, ofGroup, read, shapes } from './state.js';

const MOST_EVENTS = 10_000;
/** Of a page. */
const MOST_BYTES = 1_048_576;

const range = { startTime: shapes.time, endTime: shapes.time, nextToken: shapes.token, limit: limitOf(MOST_EVENTS) };

const getting = v.object({
  ...ofGroup,
  ...range,
  logStreamName: shapes.stream,
  startFromHead: v.optional(v.boolean()),
});

const filtering = v.object({
  ...ofGroup,
  ...range,
  logStreamNames: v.optional(v.pipe(v.array(shapes.stream), v.minLength(1), v.maxLength(100))),
  logStreamNamePrefix: v.optional(shapes.stream),
  filterPattern: v.optional(v.pipe(v.string(), v.maxLength(1024))),
});

/** A place in the order of events: behind what has this time and number, or before it. */
interface Place {
  readonly timestamp: number;
  readonly serial: number;
}

const START: Place = { timestamp: 0, serial: 0 };

/** Reading of events. Pages may be short or empty: only the tokens tell whether there is more. */
export function readOperations(state: LogState): Record<string, Operation> {
  const { setting } = state;

  return {
    GetLogEvents(input) {
      const asked = read(getting, input);
      const group = state.chooseGroup(asked);
      const stream = state.requireStream(group, asked.logStreamName);
      const { startTime = 0, endTime = Infinity } = asked;
      const token = asked.nextToken === undefined ? undefined : placeIn(asked.nextToken);
      const all = state
        .eventsOf(group, stream)
        .filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
      if (token === undefined && asked.startFromHead === true && setting.pageSize !== undefined)
        return { events: [], nextForwardToken: forward(START), nextBackwardToken: backward(START) };
      const isBackward = token ? token.isBackward : asked.startFromHead !== true;
      const left = token
        ? all.filter((event) => isBehind(event, token.place) !== isBackward && !isAt(event, token))
        : all;
      const events = pageOf(isBackward ? [...left].reverse() : left, asked.limit);
      if (isBackward) events.reverse();
      const [first] = events;
      const last = events.at(-1);
      const { place } = token ?? { place: START };
      return {
        events: events.map(({ timestamp, message, ingestionTime }) => ({ timestamp, message, ingestionTime })),
        nextForwardToken: forward(last ?? (isBackward ? { ...place, serial: place.serial - 1 } : place)),
        nextBackwardToken: backward(first ?? (isBackward ? place : { ...place, serial: place.serial + 1 })),
      };
    },
    FilterLogEvents(input) {
      const asked = read(filtering, input);
      const group = state.chooseGroup(asked);
      if (asked.logStreamNames && asked.logStreamNamePrefix !== undefined)
        throw invalid('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.');
      for (const name of asked.logStreamNames ?? []) state.requireStream(group, name);
      const matches = readFilterPattern(asked.filterPattern ?? '');
      const { startTime = 0, endTime = Infinity, nextToken } = asked;
      if (nextToken === undefined && setting.pageSize !== undefined)
        return { events: [], searchedLogStreams: [], nextToken: opaque(START) };
      const from = nextToken === undefined ? START : placeOf(nextToken);
      const left = eventsIn(group, asked)
        .filter((event) => isBehind(event, from) && event.timestamp >= startTime && event.timestamp <= endTime)
        .filter(({ message }) => matches(message))
        .sort((a, b) => a.timestamp - b.timestamp || a.serial - b.serial);
      const events = pageOf(left, asked.limit);
      const last = events.at(-1);
      return {
        events: events.map(({ serial, ...event }) => ({ ...event, eventId: digits({ ...event, serial }) })),
        searchedLogStreams: [],
        ...(last && events.length < left.length && { nextToken: opaque(last) }),
      };
    },
  };

  function eventsIn(
    group: LogGroup,
    asked: {
      readonly logStreamNames?: readonly string[] | undefined;
      readonly logStreamNamePrefix?: string | undefined;
    },
  ) {
    return [...group.streams]
      .filter(([name]) => asked.logStreamNames?.includes(name) ?? name.startsWith(asked.logStreamNamePrefix ?? ''))
      .flatMap(([logStreamName, stream]) =>
        state.eventsOf(group, stream).map((event) => ({ ...event, logStreamName })),
      );
  }

  /** As many as may go into one answer; one at least. */
  function pageOf<Event extends LogEvent>(events: readonly Event[], limit = MOST_EVENTS): Event[] {
    const page: Event[] = [];
    let bytes = 0;
    for (const event of events.slice(0, Math.min(limit, setting.pageSize ?? Infinity))) {
      bytes += Buffer.byteLength(event.message) + 26;
      if (bytes > MOST_BYTES && page.length > 0) break;
      page.push(event);
    }
    return page;
  }
}

function isBehind(event: Place, place: Place): boolean {
  return event.timestamp === place.timestamp ? event.serial > place.serial : event.timestamp > place.timestamp;
}

function isAt(event: Place, { place, isBackward }: { readonly place: Place; readonly isBackward: boolean }): boolean {
  return isBackward && event.timestamp === place.timestamp && event.serial === place.serial;
}

/** 56 digits, as those of AWS. */
function digits({ timestamp, serial }: Place): string {
  return String(timestamp).padStart(28, '0') + String(Math.max(0, serial)).padStart(28, '0');
}

const forward = (place: Place) => `f/${digits(place)}/s`;
const backward = (place: Place) => `b/${digits(place)}/s`;
const opaque = (place: Place) => Buffer.from(digits(place)).toString('base64url');

function placeIn(token: string): { readonly place: Place; readonly isBackward: boolean } {
  const [, direction, text] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (text === undefined) throw invalid('The specified nextToken is invalid.');
  return { place: fromDigits(text), isBackward: direction === 'b' };
}

function placeOf(token: string): Place {
  const text = Buffer.from(token, 'base64url').toString('latin1');
  if (!/^\d{56}$/.test(text)) throw invalid('The specified nextToken is invalid.');
  return fromDigits(text);
}

function fromDigits(text: string): Place {
  return { timestamp: Number(text.slice(0, 28)), serial: Number(text.slice(28)) };
}
