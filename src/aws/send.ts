import type { Context } from '../base/context.js';
import { retry } from '../base/retry.js';
import type { AwsCredentials, AwsSession, CallOptions } from './api.js';
import type { AwsError } from './failure.js';
import { explainRefusal, explainStranger, isAwsFailure, isTransient } from './failure.js';
import type { Wire, WireAnswer, WireRequest } from './protocol/wire.js';
import { exchange, titleOf } from './protocol/wire.js';
import type { AwsServiceName } from './services.js';
import { serviceOf } from './services.js';

export interface SenderSettings {
  readonly service: AwsServiceName;
  /** The one that signatures name. */
  readonly region: string;
  readonly endpoint: string;
  /** Undefined for operations that take no signature. */
  readonly credentials: AwsSession['credentials'] | undefined;
  /** Of each call, unless it has its own. */
  readonly defaults?: CallOptions | undefined;
}

export interface Sent extends WireAnswer {
  /** As the wire read it. */
  readonly value: unknown;
}

export type Sender = (operation: string, request: WireRequest, wire: Wire, options?: CallOptions) => Promise<Sent>;

export type SenderContext = Pick<Context, 'http' | 'clock' | 'signal'>;

/** Signs, sends, reads, and repeats what may pass; corrects the clock and renews credentials once each. */
export function createSender(settings: SenderSettings, context: SenderContext): Sender {
  const { service, region, endpoint } = settings;
  const { clock } = context;
  let skewMs = 0;

  return async (operation, request, wire, options = {}) => {
    const choice = { ...settings.defaults, ...options };
    const signal = choice.signal ?? context.signal;
    const started = clock.now();
    let theirTime: number | undefined;

    async function send(credentials: AwsCredentials | undefined): Promise<Sent> {
      const headers = credentials ? await sign(credentials) : request.headers;
      const answer = await exchange(request, headers, { http: context.http, signal });
      theirTime = Date.parse(answer.headers.date ?? '');
      const isGood = answer.status >= 200 && answer.status < 300 && !wire.isError?.(answer);
      if (!isGood) throw refusalOf(answer, credentials);
      try {
        return { ...answer, value: wire.result(answer) };
      } catch {
        throw strangerOf(answer);
      }
    }

    async function sign(credentials: AwsCredentials): Promise<Record<string, string>> {
      const { signedHeaders } = await import('./sign.js');
      const { signingName } = serviceOf(service);
      return signedHeaders({
        ...request,
        service: signingName,
        region,
        credentials,
        date: new Date(clock.now() + skewMs),
      });
    }

    function refusalOf(answer: WireAnswer, credentials: AwsCredentials | undefined): AwsError {
      const told = wire.error(answer);
      if (!told) return strangerOf(answer);
      const bucketRegion = answer.headers['x-amz-bucket-region'];
      const facts = { service, operation, region, endpoint, status: answer.status, bucketRegion };
      return explainRefusal({ ...facts, ...told, renewal: credentials?.renewal });
    }

    function strangerOf(answer: WireAnswer): AwsError {
      return explainStranger({ service, operation, region, endpoint, status: answer.status, ...titleOf(answer.text) });
    }

    async function sendOrMend(): Promise<Sent> {
      const credentials = await settings.credentials?.();
      try {
        return await send(credentials);
      } catch (error) {
        if (isAwsFailure(error, 'clock') && skewMs === 0 && theirTime) {
          skewMs = theirTime - clock.now();
          return send(credentials);
        }
        if (!credentials || !isAwsFailure(error, 'expired')) throw error;
        const renewed = await settings.credentials?.({ insteadOf: credentials });
        if (renewed?.accessKeyId === credentials.accessKeyId) throw error;
        return send(renewed);
      }
    }

    return retry(sendOrMend, {
      clock,
      signal,
      tries: choice.tries ?? (choice.deadline === undefined ? 4 : Number.POSITIVE_INFINITY),
      deadline: choice.deadline,
      delayMs: 300,
      isTransient,
      onRetry(error, waitMs) {
        choice.onRetry?.({ service, operation, error, waitMs, sinceMs: clock.now() - started });
      },
    });
  };
}
