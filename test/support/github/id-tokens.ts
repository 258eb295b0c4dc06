import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const ISSUER = 'https://token.actions.githubusercontent.com';
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A job that may have tokens, as GitHub's page on OIDC lists its claims. */
export interface Job {
  readonly repository: string;
  readonly ownerId: string;
  readonly repositoryId: string;
  /** What stands behind the repository in the subject: `ref:refs/heads/main`, `environment:production`, `pull_request`. */
  readonly context: string;
  /** Of a repository made, renamed or moved after 2026-07-15: its subject has the ids. */
  readonly immutable?: boolean;
}

const shop: Job = { repository: 'acme/shop', ownerId: '17', repositoryId: '4711', context: 'ref:refs/heads/main' };

export interface IdTokens {
  /** What a job with `id-token: write` has in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Audiences that were asked for. */
  readonly asked: string[];
  job: Job;
  /** Seconds that the next tokens are good for, the first one first; 300 when there is none. */
  lives: number[];
  /** What the next requests get instead of a token, the first one first: a status, or `lost`. */
  faults: (number | 'lost')[];
  /** A token as the endpoint gives it. */
  issue(audience: string): string;
  close(): Promise<void>;
}

/**
 * GitHub's endpoint for ID tokens, written from https://docs.github.com/actions/reference/security/oidc: the address has a
 * query of its own, `&audience=` is added, the bearer is that of the job.
 */
export async function startIdTokens(): Promise<IdTokens> {
  const bearer = `request-${randomUUID()}`;
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made: IdTokens = {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/idtoken/plan/job?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
    },
    asked: [],
    job: shop,
    lives: [],
    faults: [],
    issue,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return made;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    const fault = made.faults.shift();
    if (fault === 'lost') return void request.socket.destroy();
    const status =
      fault ??
      (request.method !== 'GET' || url.searchParams.get('api-version') !== '2.0'
        ? 404
        : request.headers.authorization !== `Bearer ${bearer}`
          ? 401
          : 200);
    if (status !== 200) return void response.writeHead(status).end(JSON.stringify({ message: `no token, ${status}` }));
    const audience = url.searchParams.get('audience') ?? 'https://github.com/acme';
    made.asked.push(audience);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ value: issue(audience) }));
  }

  function issue(audience: string): string {
    const { repository, ownerId, repositoryId, context, immutable = false } = made.job;
    const [owner = '', name = ''] = repository.split('/');
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      jti: randomUUID(),
      iss: ISSUER,
      aud: audience,
      sub: immutable ? `repo:${owner}@${ownerId}/${name}@${repositoryId}:${context}` : `repo:${repository}:${context}`,
      repository,
      repository_owner: owner,
      repository_owner_id: ownerId,
      repository_id: repositoryId,
      ref: 'refs/heads/main',
      ...(context.startsWith('environment:') && { environment: context.slice('environment:'.length) }),
      iat: now,
      exp: now + (made.lives.shift() ?? 300),
    };
    const text = [{ alg: 'RS256', typ: 'JWT', kid: 'k' }, claims].map(encode).join('.');
    return `${text}.${sign('sha256', Buffer.from(text), privateKey).toString('base64url')}`;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
