import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CredentialServer {
  readonly url: string;
  readonly asked: { readonly call: string; readonly body: string; readonly request: IncomingMessage }[];
  /** Calls, as `POST /token`, that are answered with 401. */
  refusing: readonly string[];
  close(): Promise<void>;
}

/** Plays STS, SSO, the sign-in service and the metadata of an instance, and keeps what it was asked. */
export async function startCredentialServer(): Promise<CredentialServer> {
  const asked: CredentialServer['asked'] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const path = new URL(request.url ?? '', 'http://x').pathname;
      const call = `${request.method} ${path}`;
      asked.push({ call, body, request });
      if (!made.refusing.includes(call)) return response.end(answerOf(call, body));
      return response.writeHead(401, { 'x-amzn-errortype': 'UnauthorizedException' }).end('{"message":"over"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const made: CredentialServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refusing: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;
}

export function inAnHour(): string {
  return new Date(Date.now() + 3_600_000).toISOString();
}

function answerOf(call: string, body: string): string {
  const keys = (name: string) => ({
    accessKeyId: `ASIA${name}`,
    secretAccessKey: `${name}-secret`,
    sessionToken: `${name}-token`,
  });
  switch (call) {
    case 'POST /': {
      const action = new URLSearchParams(body).get('Action') ?? '';
      return `<${action}Response><${action}Result><Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken><Expiration>${inAnHour()}</Expiration></Credentials></${action}Result></${action}Response>`;
    }
    case 'GET /federation/credentials':
      return JSON.stringify({ roleCredentials: { ...keys('SSO'), expiration: Date.parse(inAnHour()) } });
    case 'POST /token':
      return JSON.stringify({ accessToken: 'renewed-access', refreshToken: 'renewed-refresh', expiresIn: 28_800 });
    case 'POST /v1/token':
      return JSON.stringify({ accessToken: keys('LOGIN'), refreshToken: 'next-refresh', expiresIn: 900 });
    case 'PUT /latest/api/token':
      return 'imds-token';
    case 'GET /latest/meta-data/iam/security-credentials/':
      return 'web\n';
    case 'GET /latest/meta-data/iam/security-credentials/web':
      return JSON.stringify({
        Code: 'Success',
        AccessKeyId: 'ASIAINSTANCE',
        SecretAccessKey: 'instance-secret',
        Token: 'instance-token',
        Expiration: inAnHour(),
      });
    default:
      return '{}';
  }
}
