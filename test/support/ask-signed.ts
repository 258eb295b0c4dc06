import { signedHeaders } from '../../src/aws/sign.js';
import type { Sandbox } from '../../src/sandbox/start.js';

export interface SignedCall {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In the scope of the signature; `ecs` when left out. */
  readonly service?: string;
  /** Other variables than the sandbox's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A POST to a sandbox, signed with its key. */
export async function askSigned(sandbox: Pick<Sandbox, 'url' | 'env'>, call: SignedCall): Promise<Response> {
  const env = { ...sandbox.env, ...call.env };
  const headers = await signedHeaders({
    method: 'POST',
    url: new URL(sandbox.url),
    service: call.service ?? 'ecs',
    region: env.AWS_REGION ?? '',
    body: call.body,
    headers: call.headers,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: env.AWS_SESSION_TOKEN,
    },
    date: new Date(),
  });
  return fetch(sandbox.url, { method: 'POST', headers, body: call.body });
}
