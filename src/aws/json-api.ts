import type { Context } from '../base/context.js';
import { parseJson } from '../base/json.js';
import { retry } from '../base/retry.js';
import * as v from 'valibot';
import type { AwsApi, AwsCredentials } from './api.js';
import { AwsError, explainRefusal, isClockSkew, isPassing } from './failure.js';

export interface JsonService {
  readonly service: 'ecs' | 'ecr' | 'ecr-public' | 'logs';
  readonly region: string;
  readonly endpoint: string;
  credentials(): Promise<AwsCredentials>;
}

/** `X-Amz-Target` prefixes, from the services' models. */
const targets: Readonly<Record<JsonService['service'], string>> = {
  ecs: 'AmazonEC2ContainerServiceV20141113',
  ecr: 'AmazonEC2ContainerRegistry_V20150921',
  'ecr-public': 'SpencerFrontendService',
  logs: 'Logs_20140328',
};

const errorBody = v.looseObject({
  __type: v.optional(v.string()),
  message: v.optional(v.string()),
  Message: v.optional(v.string()),
});

type ApiContext = Pick<Context, 'http' | 'clock' | 'signal'>;

/** A service that speaks AWS JSON 1.1. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function jsonApi(settings: JsonService, context: ApiContext): AwsApi {
  let skewMs = 0;

  async function once(operation: string, body: string, signal: AbortSignal): Promise<unknown> {
    const { signedHeaders } = await import('./sign.js');
    const headers = await signedHeaders({
      url: new URL(settings.endpoint),
      service: settings.service,
      region: settings.region,
      body,
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `${targets[settings.service]}.${operation}`,
      },
      credentials: await settings.credentials(),
      date: new Date(Date.now() + skewMs),
    });
    const answer = await context.http(settings.endpoint, { method: 'POST', headers, body, signal });
    const text = await answer.text();
    if (answer.status === 200)
      return text === '' ? {} : parseJson(v.unknown(), text, `answer of ${settings.service} ${operation}`);
    const told = v.safeParse(errorBody, tryJson(text));
    const refusal = explainRefusal({
      service: settings.service,
      operation,
      region: settings.region,
      status: answer.status,
      type: told.success
        ? (told.output.__type ?? answer.headers['x-amzn-errortype'])
        : answer.headers['x-amzn-errortype'],
      message: told.success ? (told.output.message ?? told.output.Message) : text.slice(0, 200),
      requestId: answer.headers['x-amzn-requestid'],
    });
    if (isClockSkew(refusal.type) && answer.headers.date && skewMs === 0) {
      skewMs = Date.parse(answer.headers.date) - Date.now();
    }
    throw refusal;
  }

  return {
    service: settings.service,
    region: settings.region,
    call(operation, input = {}, options = {}) {
      const signal = options.signal ?? context.signal;
      const body = JSON.stringify(input);
      let corrected = false;
      return retry(() => once(operation, body, signal), {
        clock: context.clock,
        signal,
        tries: options.tries ?? 4,
        delayMs: 300,
        isTransient(error) {
          if (error instanceof AwsError && isClockSkew(error.type) && !corrected) return (corrected = true);
          return isPassing(error);
        },
      });
    },
  };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
