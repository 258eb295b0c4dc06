import type { ApiOptions, AwsApi, AwsRestApi, AwsSession, CallOptions, RestRequest } from './api.js';
import { checkEndpoint, endpointOf } from './endpoint.js';
import { jsonRequest, jsonWire } from './protocol/json.js';
import type { Wire, WireAnswer, WireRequest } from './protocol/wire.js';
import type { Sent, SenderContext } from './send.js';
import { createSender } from './send.js';
import type { AwsRestServiceName, AwsRpcServiceName } from './services.js';
import { serviceOf } from './services.js';
import type { Environment } from '../base/context.js';

export interface Opening {
  readonly region: string;
  /** Undefined for operations that take no signature, as those that give credentials. */
  readonly credentials: AwsSession['credentials'] | undefined;
  readonly options?: Omit<ApiOptions, 'region'>;
}

export type ApiContext = SenderContext & { readonly env: Environment };

/** A service with operations that have a name: JSON, query, EC2. */
export function openRpc(name: AwsRpcServiceName, opening: Opening, context: ApiContext): AwsApi {
  const service = serviceOf(name);
  const { endpoint, region, send } = openSender(name, opening, context);

  /** XML is loaded by who needs it. */
  async function prepare(operation: string, input: object): Promise<readonly [WireRequest, Wire]> {
    if (service.protocol === 'json') return [jsonRequest(service, endpoint, operation, input), jsonWire];
    const { queryRequest, queryWire } = await import('./protocol/query.js');
    return [queryRequest(service, endpoint, operation, input), queryWire(service, operation)];
  }

  return {
    service: name,
    region,
    async call(operation, input = {}, options = {}) {
      const [request, wire] = await prepare(operation, input);
      const { value } = await send(operation, request, wire, options);
      return value ?? {};
    },
  };
}

/** A service whose method and path name the operation. */
export function openRest(name: AwsRestServiceName, opening: Opening, context: ApiContext): AwsRestApi {
  const service = serviceOf(name);
  const { endpoint, region, send } = openSender(name, opening, context);
  return {
    service: name,
    region,
    async request(operation, request: RestRequest, options: CallOptions = {}) {
      const { restRequest } = await import('./protocol/rest.js');
      const wire = service.protocol === 'rest-xml' ? (await import('./protocol/xml.js')).xmlWire : jsonWire;
      const asked = request.asText ? { ...wire, result: ({ text }: WireAnswer) => text || undefined } : wire;
      const sent: Sent = await send(operation, restRequest(service, endpoint, request), asked, options);
      return { status: sent.status, headers: sent.headers, value: sent.value };
    },
  };
}

function openSender(name: AwsRpcServiceName | AwsRestServiceName, opening: Opening, context: ApiContext) {
  checkEndpoint(name, context.env);
  const { url: endpoint, region } = endpointOf(name, opening.region, context.env);
  const settings = { service: name, region, endpoint, credentials: opening.credentials, defaults: opening.options };
  return { endpoint, region, send: createSender(settings, context) };
}
