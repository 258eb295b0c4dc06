import { LadingError } from '../base/errors.js';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export interface Arn {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly service: string;
  /** Empty for what has no region, as roles. */
  readonly region: string;
  /** 12 digits; empty for what needs no account, as buckets; `aws` for what AWS owns. */
  readonly account: string;
  /** All after the fifth colon: it may have colons and slashes of its own. */
  readonly resource: string;
}

/** Undefined when the text is no ARN. Undone by `formatArn`. */
export function parseArn(text: string): Arn | undefined {
  const [, partition, service, region, account, resource] =
    /^arn:([^:\s]+):([^:\s]+):([^:\s]*):([^:\s]*):(\S(?:.*\S)?)$/.exec(text) ?? [];
  if (partition === undefined || service === undefined || resource === undefined) return undefined;
  return { partition, service, region: region ?? '', account: account ?? '', resource };
}

/** As `parseArn`, for an ARN that AWS sent as `what`. */
export function readArn(text: string, what: string): Arn {
  const arn = parseArn(text);
  if (arn) return arn;
  throw new LadingError('remote', `${what} is no ARN: ${text}`, { code: 'UNEXPECTED_SHAPE' });
}

export function formatArn(arn: Arn): string {
  return ['arn', arn.partition, arn.service, arn.region, arn.account, arn.resource].join(':');
}

/** A resource's kind and its name within it: `service/production/web` → `service`, `production/web`. */
export function splitResource(resource: string): { readonly kind: string; readonly name: string } {
  const [, kind = '', name = ''] = /^([^/:]*)[/:]?(.*)$/s.exec(resource) ?? [];
  return { kind, name };
}

/** The last name of an ARN, as `web` of a service's, `b61a…` of a task's. */
export function lastName(arn: string): string {
  return arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1);
}
