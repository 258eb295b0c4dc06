import type { AwsApi, AwsSession } from '../../aws/api.js';

/** Reads in flight: AWS takes bursts, and more would not be sooner. */
const AT_ONCE = 8;

/** Opens the services of a session for reading: few calls at a time, each tried twice. */
export function limitReads(session: AwsSession): Pick<AwsSession, 'api' | 'region'> {
  const slot = createSlots(AT_ONCE);
  return {
    region: session.region,
    api(service, options = {}): AwsApi {
      const api = session.api(service, { tries: 2, ...options });
      return { ...api, call: (...args) => slot(() => api.call(...args)) };
    },
  };
}

function createSlots(count: number): <Value>(work: () => Promise<Value>) => Promise<Value> {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}

/** The same read for who asks again, also when it failed. */
export function once<Key, Value>(read: (key: Key) => Promise<Value>): (key: Key) => Promise<Value> {
  const known = new Map<Key, Promise<Value>>();
  return (key) => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    return found;
  };
}
