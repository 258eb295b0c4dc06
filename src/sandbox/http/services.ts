import type { AwsProtocol, AwsService } from '../../aws/services.js';
import { awsServices } from '../../aws/services.js';

export type Protocol = AwsProtocol;

/** What must be known of an AWS service to find it in a request and to answer in its own shape. */
export interface ServiceRow extends AwsService {
  /** As the `aws` command names it. */
  readonly id: string;
}

/** What the sandbox plays, and what scripts beside a release call: the table by which lading itself calls AWS. */
export const serviceRows: readonly ServiceRow[] = Object.entries(awsServices).map(([id, service]) => ({
  id,
  ...service,
}));

/** The service that a request is for: by its target, else by the scope of its signature; undefined when none is known. */
export function rowOf(
  rows: readonly ServiceRow[],
  request: { readonly target: string | undefined; readonly scope: string | undefined },
): ServiceRow | undefined {
  const prefix = request.target?.slice(0, request.target.lastIndexOf('.'));
  return rows.find((row) => (prefix === undefined ? row.signingName === request.scope : row.targetPrefix === prefix));
}

/** The few that speak REST with XML. */
const XML = new Set(['s3', 's3express', 'route53', 'cloudfront']);

/** Of a service that is not in the table, by what its clients send and by the scope of the signature. */
export function guessProtocol(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  scope: string | undefined,
): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'json';
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return 'query';
  return XML.has(scope ?? '') ? 'rest-xml' : 'rest-json';
}
