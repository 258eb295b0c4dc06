import { InputError } from '../../base/errors.js';
import type { Arn } from '../arn.js';
import { parseArn } from '../arn.js';
import { partitionOf } from '../partition.js';

/** A role as it was asked for. */
export interface AskedRole {
  /** `arn:aws:iam::123456789012:role/path/name`; the name alone means one of the account that asks. */
  readonly role: string;
  /** Where it stands, for errors. */
  readonly where: string;
}

/** The ARN of a role; undefined for a bare name. Throws an `InputError` for what is neither. */
export function parseRole(role: string, where = ''): Arn | undefined {
  if (/^[\w+=,.@/-]{1,576}$/.test(role)) return undefined;
  const refuse = (message: string, hint: string) => new InputError({ where, message, hint }, 'NO_SUCH_ROLE');
  if (/\*\*\*/.test(role)) {
    throw refuse('is masked: a part of it is a secret', 'Give the ARN as a variable (`vars.`), not as a secret.');
  }
  const arn = parseArn(role);
  const [, session] = /^assumed-role\/([^/]+)/.exec(arn?.resource ?? '') ?? [];
  if (arn?.service === 'sts' && session !== undefined) {
    const own = `arn:${arn.partition}:iam::${arn.account}:role/${session}`;
    throw refuse('is the session of a role, not the role', `Write ${own}, with its path if it has one.`);
  }
  if (arn?.service !== 'iam' || !/^role\/[\w+=,.@/-]+$/.test(arn.resource)) {
    throw refuse(`is no ARN of a role: ${role}`, 'Write it as arn:aws:iam::123456789012:role/name.');
  }
  if (/^\d{12}$/.test(arn.account)) return arn;
  throw refuse(
    `has the account ${JSON.stringify(arn.account)}`,
    'Give the account its twelve digits, with zeros in front.',
  );
}

/** As `parseRole`, for a region: a role of another partition is refused. */
export function readRole(
  { role, where }: AskedRole,
  region: string,
): { readonly arn: string; readonly account: string } | undefined {
  const arn = parseRole(role, where);
  if (!arn) return undefined;
  const { id } = partitionOf(region);
  if (arn.partition === id) return { arn: role, account: arn.account };
  throw new InputError(
    {
      where,
      message: `is a role of the partition ${arn.partition}, and the region ${region} is of ${id}`,
      hint: 'Give the region and the role of one partition.',
    },
    'OTHER_PARTITION',
  );
}

/** The ARN of a role of an account by its name, with its path if it has one. */
export function roleOfAccount(name: string, account: string, region: string): string {
  return `arn:${partitionOf(region).id}:iam::${account}:role/${name.replace(/^\//, '')}`;
}

/** Whom an ID token must be for, when nothing else is said. China has its own name. */
export function audienceOf(region: string): string {
  return partitionOf(region).id === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
}

/** Whether the caller is a session of the role already. Sessions do not show the path of their role. */
export function isSessionOf(caller: string, role: string): boolean {
  const [is, wanted] = [parseArn(caller), parseArn(role)];
  if (!is || !wanted || is.account !== wanted.account) return false;
  const [, name] = /^assumed-role\/([^/]+)\//.exec(is.resource) ?? [];
  return name !== undefined && name === wanted.resource.split('/').at(-1);
}
