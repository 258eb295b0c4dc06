import { AwsError, isTransient } from '../../../aws/failure.js';
import type { AwsApi } from '../../../aws/api.js';
import type { RolloutChange } from '../../../base/tell/rollout.js';
import { isDenied } from '../../seen.js';
import type { Task, TaskDefinition } from '../../shapes.js';
import type { OpenLogs } from '../logs.js';
import { logStream, readLines } from '../logs.js';

/** The lines of tasks as they come. */
export interface Tail {
  /** Tells what has come since the last time, and says how many; never rejects for what is no reason to end. */
  read(tasks: Iterable<Task>): Promise<number>;
  /** How many lines have come by now; undefined when none will, because none are followed or they may not be read. */
  readonly told: number | undefined;
  /** The last lines that were told of a container; undefined when it is not followed. */
  last(taskArn: string, container: string): readonly string[] | undefined;
  /** What is lost because it may not be read. */
  readonly unseen: readonly { readonly what: string; readonly lost: string; readonly allow: string | undefined }[];
}

export interface TailOptions {
  readonly definition: TaskDefinition;
  /** Containers to follow. */
  readonly containers: readonly string[];
  /** More than one task: lines say whose they are. */
  readonly many: boolean;
  readonly logs: OpenLogs;
  readonly onLine: (source: string, text: string) => void;
  readonly onChange: (change: RolloutChange) => void;
}

/** So many lines of each container are kept for the result. */
const KEPT = 20;

interface Stream {
  readonly group: string;
  readonly name: string;
  readonly api: AwsApi;
  readonly source: string;
  readonly kept: string[];
  token: string | undefined;
}

export function tailLogs(options: TailOptions): Tail {
  const { definition, onLine, onChange } = options;
  const streams = new Map<string, Stream>();
  const unseen: Tail['unseen'][number][] = [];
  const followed = definition.containerDefinitions.filter(({ name }) => options.containers.includes(name));
  const canCome = followed.some((container) => logStream(container, '') !== undefined);
  let closed = false;
  let count = 0;
  for (const container of followed) {
    if (logStream(container, '')) continue;
    const driver = container.logConfiguration?.logDriver;
    const where = driver && driver !== 'awslogs' ? `they are in ${driver}` : 'it has no awslogs with a stream prefix';
    onChange({ kind: 'notice', text: `The lines of ${container.name} are not shown: ${where}.` });
  }

  function streamOf(task: Task, name: string): Stream | undefined {
    const key = `${task.taskArn} ${name}`;
    const known = streams.get(key);
    if (known) return known;
    const container = definition.containerDefinitions.find((one) => one.name === name);
    const place = container && logStream(container, task.taskArn);
    if (!place) return undefined;
    const source = options.many ? `${name} ${task.taskArn.slice(-6)}` : name;
    const api = options.logs(place.region);
    const stream: Stream = { group: place.group, name: place.stream, api, source, kept: [], token: undefined };
    streams.set(key, stream);
    return stream;
  }

  async function readStream(stream: Stream): Promise<void> {
    const { lines, token } = await readLines(stream.api, stream.group, stream.name, { token: stream.token });
    stream.token = token;
    count += lines.length;
    for (const { text } of lines) onLine(stream.source, text);
    stream.kept.push(...lines.slice(-KEPT).map(({ text }) => text));
    stream.kept.splice(0, stream.kept.length - KEPT);
  }

  return {
    unseen,
    get told() {
      return canCome && !closed ? count : undefined;
    },
    async read(tasks) {
      const before = count;
      for (const task of tasks) {
        if (!hasStarted(task)) continue;
        for (const name of options.containers) {
          const stream = closed ? undefined : streamOf(task, name);
          if (!stream) continue;
          try {
            await readStream(stream);
          } catch (error) {
            // What does not come through now comes with the next look.
            if (isTransient(error)) continue;
            if (!(error instanceof AwsError) || (error.kind === 'credentials' && !isDenied(error))) throw error;
            closed = true;
            const allow = isDenied(error) ? 'logs:GetLogEvents' : undefined;
            const what = allow ? `${allow} is denied` : `the logs cannot be read (${error.type})`;
            const part = { what, lost: 'the lines of the task are not shown', allow };
            unseen.push(part);
            onChange({ kind: 'unseen', ...part });
          }
        }
      }
      return count - before;
    },
    last: (taskArn, container) => (closed ? undefined : streams.get(`${taskArn} ${container}`)?.kept),
  };
}

/** Before that there is nothing to read. */
function hasStarted({ startedAt, lastStatus, stoppingAt }: Task): boolean {
  return startedAt != null || stoppingAt != null || lastStatus === 'RUNNING' || lastStatus === 'STOPPED';
}
