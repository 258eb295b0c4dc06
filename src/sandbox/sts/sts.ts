import { createHash } from 'node:crypto';
import type { KeyRing } from '../access/keys.js';
import type { WebIdentityProvider } from '../access/web-identity.js';
import type { Caller, EmulatedService, Setting } from '../service.js';
import { AwsFault } from '../service.js';

type Input = Readonly<Record<string, unknown>>;

const HOUR_S = 3600;

/** STS: who calls, and roles to take on. Any role may be assumed; the credentials of it are good at the sandbox. */
export function createSts(setting: Setting, keys: KeyRing, webIdentity: WebIdentityProvider): EmulatedService {
  function assume(input: Input, by: { readonly isRole: boolean }) {
    const { role, session, seconds } = readRole(input);
    if (by.isRole && seconds > HOUR_S)
      throw invalid(
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
      );
    const roleId = `AROA${idOf(role)}`;
    const [, account = setting.accountId, path = ''] = /^arn:[^:]+:iam::(\d*):role\/(.+)$/.exec(role) ?? [];
    const caller: Caller = {
      // Without the role's path, as AWS does.
      arn: `arn:aws:sts::${account}:assumed-role/${path.split('/').at(-1) ?? ''}/${session}`,
      userId: `${roleId}:${session}`,
    };
    const key = keys.issue(caller, setting.clock.now() + seconds * 1000);
    return {
      Credentials: {
        AccessKeyId: key.id,
        SecretAccessKey: key.secret,
        SessionToken: key.sessionToken,
        Expiration: new Date(key.expiresAt).toISOString(),
      },
      AssumedRoleUser: { AssumedRoleId: caller.userId, Arn: caller.arn },
    };
  }

  return {
    name: 'sts',
    operations: {
      GetCallerIdentity: (_input, { arn, userId } = keys.own.caller) => ({
        UserId: userId,
        Account: /^arn:[^:]+:[^:]+::(\d*):/.exec(arn)?.[1] ?? setting.accountId,
        Arn: arn,
      }),
      AssumeRole: (input, caller) => assume(input, { isRole: caller?.arn.includes(':assumed-role/') ?? false }),
      AssumeRoleWithWebIdentity(input) {
        readRole(input);
        const { sub, aud } = webIdentity.read(String(input.WebIdentityToken));
        return {
          ...assume(input, { isRole: false }),
          SubjectFromWebIdentityToken: sub,
          Provider: `arn:aws:iam::${setting.accountId}:oidc-provider/${webIdentity.name}`,
          Audience: aud,
        };
      },
    },
  };
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
function readRole(input: Input): { readonly role: string; readonly session: string; readonly seconds: number } {
  const role = text(input.RoleArn);
  const session = text(input.RoleSessionName);
  const seconds = Number(input.DurationSeconds ?? HOUR_S);
  if (role.length < 20) throw constraint('roleArn', role, 'Member must have length greater than or equal to 20');
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+$/.test(role)) throw invalid(`${role} is invalid`);
  if (session.length < 2)
    throw constraint('roleSessionName', session, 'Member must have length greater than or equal to 2');
  if (session.length > 64)
    throw constraint('roleSessionName', session, 'Member must have length less than or equal to 64');
  if (!/^[\w+=,.@-]*$/.test(session))
    throw constraint('roleSessionName', session, 'Member must satisfy regular expression pattern: [\\w+=,.@-]*');
  if (!(seconds >= 900))
    throw constraint(
      'durationSeconds',
      text(input.DurationSeconds),
      'Member must have value greater than or equal to 900',
    );
  if (seconds > 12 * HOUR_S)
    throw constraint(
      'durationSeconds',
      text(input.DurationSeconds),
      'Member must have value less than or equal to 43200',
    );
  return { role, session, seconds };
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function constraint(name: string, value: string, rule: string): AwsFault {
  return invalid(`1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${rule}`);
}

function invalid(message: string): AwsFault {
  return new AwsFault('ValidationError', message);
}

/** The same role has the same one. */
function idOf(role: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...createHash('sha256').update(role).digest().subarray(0, 17)].map((byte) => letters[byte % 32]).join('');
}
