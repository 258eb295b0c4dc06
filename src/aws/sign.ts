import { Hash } from '@smithy/hash-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from './api.js';

export interface Unsigned {
  readonly url: URL;
  readonly service: string;
  readonly region: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: AwsCredentials;
  readonly date: Date;
}

/** The headers of a POST with its signature. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html */
export async function signedHeaders(unsigned: Unsigned): Promise<Record<string, string>> {
  const { url, credentials } = unsigned;
  const signer = new SignatureV4({
    service: unsigned.service,
    region: unsigned.region,
    credentials: { ...credentials },
    sha256: Hash.bind(undefined, 'sha256'),
  });
  const signed = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...unsigned.headers, host: url.host },
      body: unsigned.body,
    },
    { signingDate: unsigned.date },
  );
  return signed.headers;
}
