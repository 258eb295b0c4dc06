import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../src/oci/digest.js';

export interface BearerRegistry {
  readonly host: string;
  /** Scopes of each token that was given out, in order. */
  readonly given: readonly (readonly string[])[];
  /** `METHOD path status`, in order. */
  readonly log: readonly string[];
  /** Repository → digests and tags → bytes. */
  readonly repositories: Map<string, Map<string, Buffer>>;
  close(): Promise<void>;
}

export interface BearerOptions {
  /** Requests that a token is good for. */
  readonly uses?: number;
  /** Whether the user may do this, as `repository:team/app:push`; all may be done when left out. */
  readonly may?: (scope: string) => boolean;
  /** Whether the token service gives nothing at all when it is asked for too much; else it gives less. */
  readonly strict?: boolean;
  /** The status of an answer to a mount, in place of doing it; undefined does it. */
  readonly mount?: () => number | undefined;
  /** A token service's trouble: answers with this status instead. */
  readonly tokenStatus?: () => number | undefined;
  /** The password that is good now; `secret` when left out. */
  readonly password?: () => string;
}

/**
 * A registry in memory with a token service, as the specification describes the two, written without a look at ours.
 * https://distribution.github.io/distribution/spec/auth/token/
 */
export async function startBearerRegistry(options: BearerOptions = {}): Promise<BearerRegistry> {
  const { uses = Infinity, may = () => true, strict = false, password = () => 'secret' } = options;
  const tokens = new Map<string, { left: number; readonly actions: ReadonlySet<string> }>();
  const given: string[][] = [];
  const log: string[] = [];
  const repositories = new Map<string, Map<string, Buffer>>();
  const uploads = new Set<string>();
  const inside = (name: string) => {
    const found = repositories.get(name) ?? new Map<string, Buffer>();
    repositories.set(name, found);
    return found;
  };

  function giveToken(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const trouble = options.tokenStatus?.();
    if (trouble !== undefined) return end(response, trouble);
    const expected = `Basic ${Buffer.from(`ada:${password()}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return end(response, 401);
    const scopes = url.searchParams.getAll('scope');
    given.push(scopes);
    const wanted = scopes.flatMap((scope) => {
      const at = scope.lastIndexOf(':');
      return scope
        .slice(at + 1)
        .split(',')
        .map((action) => `${scope.slice(0, at)}:${action}`);
    });
    const actions = wanted.filter(may);
    if (strict && actions.length < wanted.length) return end(response, 403);
    const token = `token-${given.length}`;
    tokens.set(token, { left: uses, actions: new Set(actions) });
    response.end(JSON.stringify({ token }));
  }

  function allows(request: IncomingMessage, needs: readonly string[]): boolean {
    const token = tokens.get(/^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
    if (!token || token.left <= 0 || !needs.every((need) => token.actions.has(need))) return false;
    token.left--;
    return true;
  }

  function serve(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    if (url.pathname === '/token') return giveToken(request, response, url);
    const { method = '' } = request;
    const [, name = '', kind, rest = ''] = /^\/v2\/(.+?)\/(manifests|blobs|referrers)\/(.*)$/.exec(url.pathname) ?? [];
    const isRead = method === 'GET' || method === 'HEAD';
    const from = url.searchParams.get('from');
    const needs = [`repository:${name}:pull`, ...(isRead ? [] : [`repository:${name}:push`])];
    if (from) needs.push(`repository:${from}:pull`);
    if (!allows(request, needs)) {
      const scopes = [
        `repository:${name}:${isRead ? 'pull' : 'pull,push'}`,
        ...(from ? [`repository:${from}:pull`] : []),
      ];
      response.setHeader(
        'www-authenticate',
        `Bearer realm="http://${request.headers.host}/token",service="test",scope="${scopes.join(' ')}"`,
      );
      return end(response, 401);
    }
    const repository = inside(name);
    if (rest === 'uploads/') return startUpload(response, url, name, from);
    if (kind === 'blobs' && method === 'PUT') {
      const digest = url.searchParams.get('digest') ?? '';
      if (!uploads.delete(rest.slice('uploads/'.length)) || digestOf(body) !== digest) return end(response, 400);
      repository.set(digest, body);
      return end(response, 201);
    }
    if (kind === 'manifests' && method === 'PUT') {
      repository.set(rest, body).set(digestOf(body), body);
      return end(response, 201);
    }
    const found = kind === 'referrers' ? undefined : repository.get(rest);
    if (!found) return end(response, 404);
    response.writeHead(200, { 'content-length': found.length }).end(method === 'HEAD' ? undefined : found);
  }

  function startUpload(response: ServerResponse, url: URL, name: string, from: string | null): void {
    const status = from === null ? undefined : options.mount?.();
    if (status !== undefined && status !== 202) return end(response, status);
    const digest = url.searchParams.get('mount') ?? '';
    const found = from === null || status === 202 ? undefined : repositories.get(from)?.get(digest);
    if (found) {
      inside(name).set(digest, found);
      return end(response, 201);
    }
    const id = `upload-${log.length}`;
    uploads.add(id);
    response.setHeader('location', `/v2/${name}/blobs/uploads/${id}`);
    end(response, 202);
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => serve(request, response, Buffer.concat(parts)));
    response.on('finish', () => log.push(`${request.method} ${request.url} ${response.statusCode}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    given,
    log,
    repositories,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' }).end();
}
