import * as v from 'valibot';
import type { AwsApi } from '../../aws/api.js';
import { AwsError } from '../../aws/failure.js';
import { messageOf } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { isConnectionFailure } from '../../base/retry.js';
import type { ContainerDefinition, TaskDefinition } from '../shapes.js';

const events = v.looseObject({
  events: v.optional(
    v.array(v.looseObject({ timestamp: v.optional(v.number(), 0), message: v.optional(v.string(), '') })),
    [],
  ),
  nextForwardToken: v.nullish(v.string()),
});

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** Where awslogs writes the lines of a container of a task; undefined with another driver or without a stream prefix. */
export function logStream(
  container: ContainerDefinition,
  taskArn: string,
): { readonly group: string; readonly stream: string; readonly region: string | undefined } | undefined {
  const options = container.logConfiguration?.options ?? {};
  const group = options['awslogs-group'];
  const prefix = options['awslogs-stream-prefix'];
  if (container.logConfiguration?.logDriver !== 'awslogs' || !group || !prefix) return undefined;
  return {
    group,
    stream: `${prefix}/${container.name}/${taskArn.slice(taskArn.lastIndexOf('/') + 1)}`,
    region: options['awslogs-region'],
  };
}

export type OpenLogs = (region: string | undefined) => AwsApi;

/** The last lines of a container, or a sentence that says why there are none. */
export async function lastLines(
  open: OpenLogs,
  definition: TaskDefinition,
  containerName: string | undefined,
  taskArn: string | undefined,
  limit = 20,
): Promise<readonly string[]> {
  if (taskArn === undefined) return [];
  const container =
    definition.containerDefinitions.find((one) => one.name === containerName) ?? definition.containerDefinitions[0];
  if (!container) return [];
  const place = logStream(container, taskArn);
  if (!place) {
    const driver = container.logConfiguration?.logDriver;
    return [
      driver && driver !== 'awslogs'
        ? `(the logs are in ${driver})`
        : '(the container has no awslogs configuration with a stream prefix)',
    ];
  }
  try {
    const answer = await open(place.region).call(
      'GetLogEvents',
      { logGroupName: place.group, logStreamName: place.stream, limit, startFromHead: false },
      { tries: 2 },
    );
    const lines = parseShape(events, answer, 'answer of logs GetLogEvents').events.map((event) =>
      event.message.trimEnd(),
    );
    return lines.length > 0 ? lines : ['(it printed nothing)'];
  } catch (error) {
    if (error instanceof AwsError && error.type === 'ResourceNotFoundException')
      return ['(it never came to print anything)'];
    if (error instanceof AwsError) return [`(the logs cannot be read: ${error.type})`];
    // The lines are a help: without them the watch goes on.
    if (isConnectionFailure(error)) return [`(the logs cannot be read: ${messageOf(error)})`];
    throw error;
  }
}

/** Lines from a moment on, over all pages, with the token to go on from. A stream that is not there yet has none. */
export async function readLines(
  api: AwsApi,
  group: string,
  stream: string,
  from: { readonly startTime?: number; readonly token?: string | undefined },
): Promise<{ readonly lines: readonly LogLine[]; readonly token: string | undefined }> {
  const lines: LogLine[] = [];
  let token = from.token;
  try {
    for (;;) {
      const answer = await api.call('GetLogEvents', {
        logGroupName: group,
        logStreamName: stream,
        startFromHead: true,
        ...(token ? { nextToken: token } : { startTime: from.startTime ?? 0 }),
      });
      const page = parseShape(events, answer, 'answer of logs GetLogEvents');
      lines.push(...page.events.map((event) => ({ at: event.timestamp, text: event.message.trimEnd() })));
      // A page may be empty before the end; the end is where the token stays.
      if (!page.nextForwardToken || page.nextForwardToken === token) return { lines, token };
      token = page.nextForwardToken;
    }
  } catch (error) {
    if (error instanceof AwsError && error.type === 'ResourceNotFoundException') return { lines, token };
    throw error;
  }
}
