import * as v from 'valibot';
import type { Operation } from '../service.js';
import type { LogState } from './state.js';
import { invalid, read, shapes } from './state.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
const MOST_EVENTS = 10_000;
const MOST_BYTES = 1_048_576;
/** That each event counts beside its message. */
const EVENT_BYTES = 26;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const putting = v.object({
  logGroupName: shapes.group,
  logStreamName: shapes.stream,
  logEvents: v.pipe(
    v.array(
      v.object({
        timestamp: v.pipe(v.number(), v.integer(), v.minValue(0)),
        message: v.pipe(v.string(), v.minLength(1)),
      }),
    ),
    v.minLength(1),
    v.maxLength(MOST_EVENTS),
  ),
});

interface Rejected {
  readonly tooNewLogEventStartIndex?: number;
  readonly tooOldLogEventEndIndex?: number;
  readonly expiredLogEventEndIndex?: number;
}

export function writeOperations(state: LogState): Record<string, Operation> {
  return {
    PutLogEvents(input) {
      const { logEvents, ...asked } = read(putting, input);
      const group = state.requireGroup(asked.logGroupName);
      const stream = state.requireStream(group, asked.logStreamName);
      const times = logEvents.map(({ timestamp }) => timestamp);
      const bytes = logEvents.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_BYTES, 0);
      if (bytes > MOST_BYTES) throw invalid(`Upload too large: ${bytes} bytes exceeds limit of ${MOST_BYTES}`);
      if (times.some((time, at) => at > 0 && time < (times[at - 1] ?? 0)))
        throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
      const rejected = rejectedOf(times, state.setting.clock.now(), group.retention);
      const from = Math.max(rejected.tooOldLogEventEndIndex ?? 0, rejected.expiredLogEventEndIndex ?? 0);
      const accepted = logEvents.slice(from, rejected.tooNewLogEventStartIndex);
      if ((accepted.at(-1)?.timestamp ?? 0) - (accepted[0]?.timestamp ?? 0) > DAY_MS)
        throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
      for (const event of accepted) state.add(stream, event);
      return {
        nextSequenceToken: String(stream.events.length).padStart(56, '0'),
        ...(Object.keys(rejected).length > 0 && { rejectedLogEventsInfo: rejected }),
      };
    },
  };
}

/** Of times in order: those before 14 days or the retention, and those in two hours and later. */
function rejectedOf(times: readonly number[], now: number, retention: number | undefined): Rejected {
  const before = (limit: number) => times.filter((time) => time < limit).length;
  const tooOld = before(now - 14 * DAY_MS);
  const expired = retention === undefined ? 0 : before(now - retention * DAY_MS);
  const tooNew = times.findIndex((time) => time > now + 2 * HOUR_MS);
  return {
    ...(tooNew >= 0 && { tooNewLogEventStartIndex: tooNew }),
    ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
    ...(expired > 0 && { expiredLogEventEndIndex: expired }),
  };
}
