import * as v from 'valibot';
import { readInput, validationFault } from '../constraints.js';
import type { Setting } from '../service.js';
import { AwsFault } from '../service.js';

export type Input = Readonly<Record<string, unknown>>;

export interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly ingestionTime: number;
  /** In the order of arrival, over all streams. */
  readonly serial: number;
}

export interface LogStream {
  readonly createdAt: number;
  /** By timestamp, then by arrival. */
  readonly events: LogEvent[];
}

export interface LogGroup {
  readonly name: string;
  readonly createdAt: number;
  readonly streams: Map<string, LogStream>;
  readonly tags: Map<string, string>;
  readonly kmsKeyId: string | undefined;
  readonly logGroupClass: string;
  /** Days; undefined for ever. */
  retention: number | undefined;
  isProtected: boolean;
}

const DAY_MS = 86_400_000;

/** Shapes that operations share, from the model of CloudWatch Logs. */
export const shapes = {
  group: v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.regex(/^[.\-_/#A-Za-z0-9]+$/)),
  stream: v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.regex(/^[^:*]*$/)),
  identifier: v.pipe(v.string(), v.minLength(1), v.maxLength(2048), v.regex(/^[\w#+=/:,.@-]*$/)),
  time: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  token: v.optional(v.pipe(v.string(), v.minLength(1))),
  arn: v.pipe(v.string(), v.minLength(1), v.maxLength(1011), v.regex(/^[\w+=/:,.@-]*$/)),
};

/** A limit of an operation, `most` unless the caller says less. */
export const limitOf = (most: number) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)));

/** A group, named by its name or by its ARN. */
export const ofGroup = { logGroupName: v.optional(shapes.group), logGroupIdentifier: v.optional(shapes.identifier) };

export function read<Schema extends v.GenericSchema>(schema: Schema, input: Input): v.InferOutput<Schema> {
  return readInput(schema, input, validationFault('InvalidParameterException'));
}

export function invalid(message: string): AwsFault {
  return new AwsFault('InvalidParameterException', message);
}

export interface LogState {
  readonly setting: Setting;
  readonly groups: Map<string, LogGroup>;
  arnOf(group: LogGroup): string;
  requireGroup(name: string): LogGroup;
  /** By one of name and identifier. */
  chooseGroup(asked: {
    readonly logGroupName?: string | undefined;
    readonly logGroupIdentifier?: string | undefined;
  }): LogGroup;
  requireStream(group: LogGroup, name: string): LogStream;
  /** Makes what is not there yet. */
  openGroup(
    name: string,
    more?: Partial<Pick<LogGroup, 'kmsKeyId' | 'logGroupClass' | 'tags' | 'isProtected'>>,
  ): LogGroup;
  openStream(group: LogGroup, name: string): LogStream;
  add(stream: LogStream, event: { readonly timestamp: number; readonly message: string }): void;
  /** What the retention of the group has left. */
  eventsOf(group: LogGroup, stream: LogStream): readonly LogEvent[];
}

export function createLogState(setting: Setting): LogState {
  const groups = new Map<string, LogGroup>();
  const now = () => Math.round(setting.clock.now());
  let serial = 0;

  const state: LogState = {
    setting,
    groups,
    arnOf: ({ name }) => `arn:aws:logs:${setting.region}:${setting.accountId}:log-group:${name}`,
    requireGroup(name) {
      const group = groups.get(name);
      if (group) return group;
      throw new AwsFault('ResourceNotFoundException', 'The specified log group does not exist.');
    },
    chooseGroup({ logGroupName, logGroupIdentifier }) {
      if ((logGroupName === undefined) === (logGroupIdentifier === undefined))
        throw invalid('Exactly one of logGroupName and logGroupIdentifier must be given.');
      const [, name] = /^arn:[^:]+:logs:[^:]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(logGroupIdentifier ?? '') ?? [];
      return state.requireGroup(logGroupName ?? name ?? logGroupIdentifier ?? '');
    },
    requireStream(group, name) {
      const stream = group.streams.get(name);
      if (stream) return stream;
      throw new AwsFault('ResourceNotFoundException', 'The specified log stream does not exist.');
    },
    openGroup(name, more = {}) {
      const group = groups.get(name) ?? {
        name,
        createdAt: now(),
        streams: new Map<string, LogStream>(),
        tags: new Map<string, string>(),
        kmsKeyId: undefined,
        logGroupClass: 'STANDARD',
        retention: undefined,
        isProtected: false,
        ...more,
      };
      groups.set(name, group);
      return group;
    },
    openStream(group, name) {
      const stream = group.streams.get(name) ?? { createdAt: now(), events: [] };
      group.streams.set(name, stream);
      return stream;
    },
    add({ events }, { timestamp, message }) {
      const event = { timestamp, message, ingestionTime: now(), serial: ++serial };
      const at = events.findLastIndex((one) => one.timestamp <= timestamp);
      events.splice(at + 1, 0, event);
    },
    eventsOf({ retention }, { events }) {
      if (retention === undefined) return events;
      const oldest = now() - retention * DAY_MS;
      return events.filter(({ timestamp }) => timestamp >= oldest);
    },
  };
  return state;
}
