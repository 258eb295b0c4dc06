import type { EmulatedService, World } from './service.js';
import { AwsFault } from './service.js';

/** STS speaks the query protocol: forms in, XML out. Times are ISO 8601 there. */
export function createSts(world: World): EmulatedService {
  function assume(input: Readonly<Record<string, unknown>>) {
    const role = String((input.RoleArn as string | undefined) ?? '');
    const session = String((input.RoleSessionName as string | undefined) ?? 'session');
    const lifeMs = Number(input.DurationSeconds ?? 3600) * 1000;
    return {
      Credentials: {
        AccessKeyId: 'ASIASANDBOX00000000',
        SecretAccessKey: 'sandbox-secret',
        SessionToken: 'sandbox-token',
        Expiration: new Date(world.clock.now() + lifeMs).toISOString(),
      },
      AssumedRoleUser: {
        AssumedRoleId: `AROASANDBOX:${session}`,
        Arn: `${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}`,
      },
    };
  }
  return {
    name: 'sts',
    operations: {
      GetCallerIdentity: () => ({
        Arn: `arn:aws:iam::${world.accountId}:user/sandbox`,
        UserId: 'AIDASANDBOX',
        Account: world.accountId,
      }),
      AssumeRole: assume,
      AssumeRoleWithWebIdentity(input) {
        if (String(input.WebIdentityToken).split('.').length !== 3)
          throw new AwsFault('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.');
        return {
          ...assume(input),
          Provider: `arn:aws:iam::${world.accountId}:oidc-provider/token.actions.githubusercontent.com`,
        };
      },
    },
  };
}

export function stsAnswer(operation: string, output: unknown): string {
  return `<${operation}Response xmlns="${NAMESPACE}"><${operation}Result>${xml(output)}</${operation}Result><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></${operation}Response>`;
}

export function stsFault(fault: AwsFault): string {
  return `<ErrorResponse xmlns="${NAMESPACE}">${xml({ Error: { Type: 'Sender', Code: fault.type, Message: fault.message } })}</ErrorResponse>`;
}

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

function xml(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, entry]) => `<${name}>${xml(entry)}</${name}>`)
      .join('');
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
