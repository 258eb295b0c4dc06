import type { World } from './service.js';
import { AwsFault } from './service.js';

/** STS speaks the query protocol: forms in, XML out. */
export function answerSts(world: World, form: URLSearchParams): string {
  const action = form.get('Action') ?? '';
  const role = form.get('RoleArn') ?? '';
  const session = form.get('RoleSessionName') ?? 'session';
  const expires = new Date(world.clock.now() + Number(form.get('DurationSeconds') ?? 3600) * 1000).toISOString();
  const credentials = `<Credentials><AccessKeyId>ASIASANDBOX</AccessKeyId><SecretAccessKey>sandbox-secret</SecretAccessKey><SessionToken>sandbox-token</SessionToken><Expiration>${expires}</Expiration></Credentials>`;
  const assumed = `<AssumedRoleUser><AssumedRoleId>AROASANDBOX:${session}</AssumedRoleId><Arn>${role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${session}</Arn></AssumedRoleUser>`;
  switch (action) {
    case 'GetCallerIdentity':
      return envelope(
        action,
        `<Arn>arn:aws:iam::${world.accountId}:user/sandbox</Arn><UserId>AIDASANDBOX</UserId><Account>${world.accountId}</Account>`,
      );
    case 'AssumeRole':
      return envelope(action, credentials + assumed);
    case 'AssumeRoleWithWebIdentity': {
      if ((form.get('WebIdentityToken') ?? '').split('.').length !== 3)
        throw new AwsFault('InvalidIdentityToken', 'The ID Token provided is not a valid JWT.');
      return envelope(
        action,
        `${credentials}${assumed}<Provider>arn:aws:iam::${world.accountId}:oidc-provider/token.actions.githubusercontent.com</Provider>`,
      );
    }
    default:
      throw new AwsFault('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }
}

function envelope(action: string, inner: string): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${inner}</${action}Result><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></${action}Response>`;
}

export function stsFault(fault: AwsFault): string {
  return `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${fault.type}</Code><Message>${fault.message}</Message></Error></ErrorResponse>`;
}
