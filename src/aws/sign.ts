import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './api.js';

export interface Unsigned {
  readonly method: string;
  readonly url: URL;
  readonly service: string;
  readonly region: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey' | 'sessionToken'>;
  readonly date: Date;
}

/** The headers of a request with its signature. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export async function signedHeaders(unsigned: Unsigned): Promise<Record<string, string>> {
  const { url } = unsigned;
  const { accessKeyId, secretAccessKey, sessionToken } = unsigned.credentials;
  const signer = new SignatureV4({
    service: unsigned.service,
    region: unsigned.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    sha256: Hash.bind(undefined, 'sha256'),
    // S3 takes the path as it is sent; everyone else has it encoded once more.
    uriEscapePath: unsigned.service !== 's3',
  });
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(url.searchParams.keys())) query[name] = url.searchParams.getAll(name);
  const signed = await signer.sign(
    {
      method: unsigned.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query,
      headers: { ...unsigned.headers, host: url.host },
      body: unsigned.body,
    },
    { signingDate: unsigned.date },
  );
  return signed.headers;
}
