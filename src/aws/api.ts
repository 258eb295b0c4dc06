/** What is needed to sign a request. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** One AWS service in one region. */
export interface AwsApi {
  readonly service: string;
  readonly region: string;
  /**
   * Signs, sends and repeats what may pass (throttling, 5xx, connections). The answer is what the service sent, to be
   * read through a shape of one's own. Rejects with `AwsError`.
   */
  call(
    operation: string,
    input?: object,
    options?: { readonly signal?: AbortSignal; readonly tries?: number },
  ): Promise<unknown>;
}

/** The services we speak to, by the names of their endpoints. */
export type AwsServiceName = 'ecs' | 'ecr' | 'ecr-public' | 'sts' | 'logs' | 'elasticloadbalancing' | 'iam';

/** Credentials, region and endpoints of one run. */
export interface AwsSession {
  readonly region: string;
  credentials(): Promise<AwsCredentials>;
  api(service: AwsServiceName, options?: { readonly region?: string }): AwsApi;
}
