import { createPublicKey } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json, type Answer, type Request } from './answer.js';
import { createLimitCount } from './limit.js';
import { answerRequest } from './route.js';
import {
  createState,
  findRepository,
  renewKey,
  vaultAt,
  type GitHubApp,
  type GitHubRepository,
  type GitHubToken,
  type StoredSecret,
  type Vault,
  type WorkflowState,
} from './state.js';

export interface GitHubOptions {
  readonly clock: { now(): number };
  /** A free one when left out. */
  readonly port?: number;
  /** Requests an hour per token. */
  readonly perHour?: number;
  /** Most items of a listing's page, whatever is asked for; 100 when left out. The `Link` header leads on. */
  readonly pageLimit?: number;
  /** Milliseconds that what is read of secrets and variables is behind what was written; none when left out. */
  readonly lagMs?: number;
  /** Milliseconds that its clock is ahead of ours. */
  readonly clockSkewMs?: number;
  /** What is wrong with a request or its answer by a description of the API; kept in `violations`. */
  readonly validate?: (exchange: GitHubExchange) => readonly string[];
}

/** One request as it was answered. */
export interface GitHubExchange {
  /** Counted from 1. */
  readonly number: number;
  readonly at: number;
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  readonly body: unknown;
  readonly token: string | undefined;
  readonly answer: Answer;
}

/** Answers instead of GitHub; undefined leaves the request to it, `hang` never answers, `cut` ends the connection. */
export type Fault = (request: {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}) => Answer | 'hang' | 'cut' | undefined;

/** A GitHub on loopback that keeps secrets as GitHub does and can show what was put into them. */
export interface GitHubSandbox {
  /** Value of `GITHUB_API_URL`. */
  readonly url: string;
  addOrganization(name: string): void;
  /** By `owner/name`; private unless said otherwise. */
  addRepository(fullName: string, options?: RepositoryOptions): GitHubRepository;
  rename(fullName: string, newName: string): void;
  addToken(value: string, kind: GitHubToken['kind'], options?: TokenOptions): void;
  /** `publicKey` in PEM. Its installations reach all repositories of their account unless ids are given. */
  addApp(id: string, publicKey: string, options: Pick<GitHubApp, 'permissions' | 'installations'>): GitHubApp;
  addWorkflow(fullName: string, file: string, workflow: WorkflowState): void;
  /** By the form that `--to` takes: `acme/shop`, `acme/shop@prod`, `org:acme:dependabot`. */
  secret(place: string, name: string): StoredSecret | undefined;
  variable(place: string, name: string): string | undefined;
  /** What a job of this repository would get now: the organization's by visibility, the repository's, the environment's. */
  jobSecrets(fullName: string, job?: JobSecrets): Readonly<Record<string, string>>;
  /** Puts a secret there as if someone had done it at this time. */
  putSecret(place: string, secret: Pick<StoredSecret, 'name' | 'value' | 'updatedAt'> & Partial<StoredSecret>): void;
  /** Changes who may read an organization's secret, as if someone had just done it. */
  selectRepositories(place: string, name: string, repositoryIds: readonly number[]): void;
  renewKey(place: string): void;
  /** Tokens of installations that were made and neither revoked nor have expired. */
  liveTokens(): readonly string[];
  addFault(fault: Fault): void;
  readonly exchanges: readonly GitHubExchange[];
  readonly violations: readonly string[];
  /** Requests refused for speed, and the shortest time between two writes in milliseconds. */
  readonly speed: { readonly refused: number; readonly closestWrites: number };
  close(): Promise<void>;
}

export interface JobSecrets {
  readonly environment?: string | undefined;
  /** `dependabot` for a run that Dependabot started; `actions` when left out. */
  readonly application?: string;
}

export interface RepositoryOptions {
  readonly isPrivate?: boolean;
  readonly archived?: boolean;
  readonly topics?: readonly string[];
  readonly environments?: readonly string[];
  /** Claims that `sub` of its tokens is made of, when it is not GitHub's own form. */
  readonly subjectKeys?: readonly string[];
}

export interface TokenOptions {
  readonly scopes?: readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly repositories?: readonly string[];
  readonly forbidden?: readonly string[];
  readonly owner?: string;
  readonly expiresAt?: number;
}

export async function startGitHub(options: GitHubOptions): Promise<GitHubSandbox> {
  const { pageLimit = 100, lagMs = 0, clockSkewMs = 0 } = options;
  const clock = { now: () => options.clock.now() + clockSkewMs };
  const state = createState();
  const limits = createLimitCount(options.perHour);
  const exchanges: GitHubExchange[] = [];
  const violations: string[] = [];
  const faults: Fault[] = [];
  let url = '';

  async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const now = clock.now();
    const address = new URL(message.url ?? '/', url);
    const { method = 'GET' } = message;
    const path = address.pathname;
    const number = exchanges.length + 1;
    const text = await textOf(message);
    const token = /^(?:Bearer|token) (.+)$/i.exec(message.headers.authorization ?? '')?.[1];
    const body = text === '' ? undefined : parsedBody(text);
    const segments = path.split('/').slice(1).map(decodeURIComponent);
    const request: Request = { method, path, segments, query: address.searchParams, body: body ?? undefined, token };
    const fault = faults.reduce<ReturnType<Fault>>(
      (found, one) => found ?? one({ number, method, path, query: request.query }),
      undefined,
    );
    const seen = { number, at: now, method, path, body, token };
    if (fault === 'cut' || fault === 'hang') {
      exchanges.push({ ...seen, answer: { status: 0 } });
      if (fault === 'cut') message.socket.destroy();
      return;
    }
    const answer =
      body === null
        ? json(400, { message: 'Problems parsing JSON' })
        : (fault ??
          limits.refuse(method, now) ??
          answerRequest(state, request, { now, seenAt: now - lagMs, url, pageLimit }));
    const exchange = { ...seen, answer };
    exchanges.push(exchange);
    violations.push(...(options.validate?.(exchange) ?? []));
    const out = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, {
      date: new Date(now).toUTCString(),
      'content-type': 'application/json; charset=utf-8',
      'x-github-request-id': `SAND:${number}`,
      ...limits.headers(token, now),
      ...answer.headers,
      ...(answer.status !== 204 && { 'content-length': String(Buffer.byteLength(out)) }),
    });
    response.end(out);
  }

  const server = createServer((message, response) => {
    handle(message, response).catch((error: unknown) => {
      violations.push(`sandbox failed: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function repositoryAt(fullName: string): GitHubRepository {
    const [owner = '', name = ''] = fullName.split('/');
    const found = findRepository(state, owner, name);
    if (!found) throw new Error(`the sandbox has no repository ${fullName}`);
    return found;
  }

  function vaultOf(place: string): Vault {
    const organization = /^org:([^:]+)(?::(\w+))?$/.exec(place);
    if (organization) return vaultAt(state, `org:${organization[1]}:${organization[2] ?? 'actions'}`);
    const [, fullName = '', environment, application] = /^([^@:]+)(?:@(.+)|:(\w+))?$/.exec(place) ?? [];
    const { id } = repositoryAt(fullName);
    return vaultAt(state, environment === undefined ? `${id}:${application ?? 'actions'}` : `${id}@${environment}`);
  }

  const idsOf = (names: readonly string[] | undefined) => names?.map((name) => repositoryAt(name).id);

  return {
    url,
    exchanges,
    violations,
    get speed() {
      return { refused: limits.refused, closestWrites: limits.closestWrites };
    },
    addOrganization: (name) => void state.organizations.add(name),
    addRepository(fullName, { isPrivate = true, archived = false, topics = [], environments = [], subjectKeys } = {}) {
      const [owner = '', name = ''] = fullName.split('/');
      const id = 1000 + state.repositories.length;
      const lower = environments.map((environment) => environment.toLowerCase());
      const made = { id, owner, name, isPrivate, archived, topics, environments: new Set(lower), subjectKeys };
      state.repositories.push(made);
      return made;
    },
    rename(fullName, newName) {
      const repository = repositoryAt(fullName);
      state.former.set(fullName.toLowerCase(), repository.id);
      repository.name = newName;
    },
    addToken(value, kind, token = {}) {
      state.tokens.set(value, {
        value,
        kind,
        scopes: token.scopes ?? [],
        permissions: token.permissions ?? {},
        repositoryIds: idsOf(token.repositories),
        forbiddenIds: idsOf(token.forbidden) ?? [],
        owner: token.owner,
        expiresAt: token.expiresAt,
      });
    },
    addApp(id, publicKey, { permissions, installations }) {
      const app = { id, publicKey: createPublicKey(publicKey), permissions, installations };
      state.apps.set(id, app);
      return app;
    },
    addWorkflow: (fullName, file, workflow) =>
      void state.workflows.set(`${repositoryAt(fullName).id}/${file}`, workflow),
    secret: (place, name) => vaultOf(place).secrets.get(name.toUpperCase()),
    variable: (place, name) => vaultOf(place).variables.get(name.toUpperCase())?.value,
    jobSecrets(fullName, { environment, application = 'actions' } = {}) {
      const repository = repositoryAt(fullName);
      const shared = vaultOf(`org:${repository.owner}:${application}`);
      const visible = [...shared.secrets.values()].filter((stored) => isVisible(stored, repository));
      const own = [...vaultOf(`${fullName}:${application}`).secrets.values()];
      // Dependabot's runs see no environment's secrets.
      const inEnvironment = environment !== undefined && application === 'actions';
      const narrow = inEnvironment ? [...vaultOf(`${fullName}@${environment}`).secrets.values()] : [];
      return Object.fromEntries([...visible, ...own, ...narrow].map(({ name, value }) => [name, value]));
    },
    putSecret(place, secret) {
      const name = secret.name.toUpperCase();
      // It has been there for long enough that every reader sees it.
      vaultOf(place).secrets.set(name, { createdAt: secret.updatedAt, ...secret, name }, -Infinity);
    },
    selectRepositories(place, name, repositoryIds) {
      const { secrets } = vaultOf(place);
      const present = secrets.get(name.toUpperCase());
      if (!present) throw new Error(`${place} has no secret ${name}`);
      secrets.set(present.name, { ...present, repositoryIds }, clock.now());
    },
    renewKey: (place) => renewKey(state, vaultOf(place)),
    liveTokens: () =>
      [...state.tokens.values()]
        .filter(({ kind, expiresAt }) => kind === 'installation' && expiresAt !== undefined && expiresAt > clock.now())
        .map(({ value }) => value),
    addFault: (fault) => void faults.push(fault),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function isVisible(stored: StoredSecret, repository: GitHubRepository): boolean {
  if (stored.visibility === 'selected') return stored.repositoryIds?.includes(repository.id) ?? false;
  return stored.visibility === 'all' || repository.isPrivate;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

/** Null when the text is no JSON object. */
function parsedBody(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Readonly<Record<string, unknown>> | null) : null;
  } catch {
    return null;
  }
}
