import type { AwsRestServiceName, AwsRpcServiceName, AwsServiceName } from './services.js';

/** What is needed to sign a request. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** Where they come from, as `the environment`, `profile ci`. */
  readonly source: string;
  /** What a person does when they have expired; one imperative sentence. */
  readonly renewal?: string | undefined;
}

/** Before a call is made again. */
export interface AwsRetry {
  readonly service: AwsServiceName;
  readonly operation: string;
  readonly error: unknown;
  readonly waitMs: number;
  /** Milliseconds since the first try. */
  readonly sinceMs: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Including the first; 4 when left out, and as many as fit when there is a deadline. */
  readonly tries?: number | undefined;
  /** Milliseconds by the clock of the context: no wait goes beyond it. */
  readonly deadline?: number | undefined;
  /** Told of each wait before it begins. */
  readonly onRetry?: ((retry: AwsRetry) => void) | undefined;
}

/** One AWS service in one region, with operations that have a name and an input. */
export interface AwsApi {
  readonly service: AwsRpcServiceName;
  readonly region: string;
  /**
   * Signs, sends and repeats what may pass (throttling, 5xx, connections). The answer is what the service sent, to be
   * read through a shape of one's own; of XML, texts, arrays of `member` or `item`, and objects. Rejects with `AwsError`.
   */
  call(operation: string, input?: object, options?: CallOptions): Promise<unknown>;
}

/** A request of a service whose method and path name the operation. */
export interface RestRequest {
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** Only of S3. */
  readonly bucket?: string;
  /** Segments of the path, not yet encoded. */
  readonly path?: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer is a text of its own, not of the protocol, as a policy of S3 is. */
  readonly asText?: boolean;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON or XML, or the text that was asked for; undefined when there is no body. */
  readonly value: unknown;
}

/** One AWS service in one region that speaks REST. */
export interface AwsRestApi {
  readonly service: AwsRestServiceName;
  readonly region: string;
  /** As `AwsApi.call`; the operation's name is for words only. */
  request(operation: string, request: RestRequest, options?: CallOptions): Promise<RestAnswer>;
}

export interface ApiOptions extends Omit<CallOptions, 'signal'> {
  readonly region?: string | undefined;
}

/** Credentials, region and endpoints of one run. */
export interface AwsSession {
  readonly region: string;
  /** Looked for when they are first needed, and again shortly before they expire or when they are no longer taken. */
  credentials(options?: { readonly insteadOf?: AwsCredentials | undefined }): Promise<AwsCredentials>;
  /** Options are those of each call, unless a call has its own. */
  api(service: AwsRpcServiceName, options?: ApiOptions): AwsApi;
  rest(service: AwsRestServiceName, options?: ApiOptions): AwsRestApi;
}
