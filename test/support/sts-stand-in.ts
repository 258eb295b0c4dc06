import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

type Form = Readonly<Record<string, string>>;

export interface StsCall extends Form {
  readonly Action: string;
  /** Access key of the signature; empty without one. */
  readonly key: string;
  readonly region: string;
}

export interface StsFault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export interface StsStandIn {
  readonly url: string;
  readonly calls: StsCall[];
  /** What the next calls get instead of an answer, the first one first. */
  faults: (StsFault | 'lost')[];
  /** Subjects that the trust of each role lets in. */
  subjects: string[];
  audiences: string[];
  /** What iam GetRole answers; undefined: it is denied. */
  trust: unknown;
  /** Every secret that it has given out. */
  readonly secrets: string[];
  /** ARN of the caller, by access key. */
  readonly callers: Map<string, string>;
  close(): Promise<void>;
}

const denied = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';

/** An STS whose trust, faults and words are scripted; it knows whose key signed. The words are AWS's own. */
export async function startSts(): Promise<StsStandIn> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const [, key = '', region = ''] =
        /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
      const call = { ...Object.fromEntries(new URLSearchParams(body)), key, region } as unknown as StsCall;
      made.calls.push(call);
      const fault = made.faults.shift();
      if (fault === 'lost') return void request.socket.destroy();
      const answer = fault ?? answerTo(call);
      if (typeof answer === 'string') return void response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
      const { status, code, message } = answer;
      const text = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
      response.writeHead(status, { 'content-type': 'text/xml' }).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: StsStandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: [],
    faults: [],
    subjects: ['repo:acme/shop:ref:refs/heads/main'],
    audiences: ['sts.amazonaws.com'],
    trust: undefined,
    secrets: [],
    callers: new Map([['AKIASTATIC', 'arn:aws:iam::111111111111:user/ci']]),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;

  function answerTo(call: StsCall): string | StsFault {
    switch (call.Action) {
      case 'AssumeRoleWithWebIdentity':
        return refuseToken(call) ?? give(call);
      case 'AssumeRole':
        return made.callers.has(call.key) ? give(call) : unknownKey();
      case 'GetCallerIdentity': {
        const arn = made.callers.get(call.key);
        if (arn === undefined) return unknownKey();
        const account = arn.split(':')[4];
        return wrap(call.Action, `<Arn>${arn}</Arn><UserId>AIDA</UserId><Account>${account}</Account>`);
      }
      case 'GetRole':
        if (made.trust === undefined) return { status: 403, code: 'AccessDenied', message: 'no' };
        return wrap(
          call.Action,
          `<Role><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(made.trust))}</AssumeRolePolicyDocument></Role>`,
        );
      default:
        return { status: 400, code: 'InvalidAction', message: `Could not find operation ${call.Action}` };
    }
  }

  function refuseToken({ WebIdentityToken = '' }: StsCall): StsFault | undefined {
    const claims = JSON.parse(Buffer.from(WebIdentityToken.split('.')[1] ?? '', 'base64url').toString()) as {
      readonly sub: string;
      readonly aud: string;
      readonly exp: number;
    };
    const refuse = (status: number, code: string, message: string) => ({ status, code, message });
    if (claims.exp <= Date.now() / 1000)
      return refuse(
        400,
        'ExpiredTokenException',
        'Token expired: current date/time must be before the expiration date/time',
      );
    if (!made.audiences.includes(claims.aud)) return refuse(400, 'InvalidIdentityToken', 'Incorrect token audience');
    return made.subjects.includes(claims.sub) ? undefined : refuse(403, 'AccessDenied', denied);
  }

  function give(call: StsCall): string {
    const role = call.RoleArn ?? '';
    const id = `ASIA${randomBytes(6).toString('hex').toUpperCase()}`;
    const [secret, token] = [randomBytes(30).toString('base64'), randomBytes(60).toString('base64')];
    made.secrets.push(secret, token);
    const [, , , , account] = role.split(':');
    const arn = `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1)}/${call.RoleSessionName}`;
    made.callers.set(id, arn);
    const until = new Date(Date.now() + Number(call.DurationSeconds ?? 3600) * 1000).toISOString();
    return wrap(
      call.Action,
      `<Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>${token}</SessionToken><Expiration>${until}</Expiration></Credentials><AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>`,
    );
  }
}

function unknownKey(): StsFault {
  return {
    status: 403,
    code: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
  };
}

function wrap(action: string, result: string): string {
  return `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></${action}Response>`;
}
