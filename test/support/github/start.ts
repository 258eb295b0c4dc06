import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GitHubExchange, GitHubOptions, GitHubSandbox } from '../../../src/sandbox/github/server.js';
import { openDescription } from '../github-description.js';
import { createAccounts, organizationNamed, repositoryNamed, type Repository } from './accounts.js';
import { answerApp } from './apps.js';
import { controlsOf, type Fault } from './controls.js';
import { Limits } from './limits.js';
import { needOf, refuse, tokenOf } from './permit.js';
import { answerRepository, shownRepository } from './repositories.js';
import { missing, refusal, type Call, type Reply } from './reply.js';
import { answerShelf } from './secrets.js';
import { Shelves } from './shelves.js';

// Compiling its schemas takes longer than most tests.
const description = openDescription();

/** What the tests of the rotation ask of a GitHub, whoever wrote it. */
export type TestedGitHub = Omit<GitHubSandbox, 'jobSecrets'>;

/**
 * A GitHub by another hand than the sandbox's, from GitHub's description of its API: each request goes to the operation
 * that the description names, and each answer must fit it. Readers are served by copies that are behind by different
 * times, pages have any length, clocks differ.
 */
export async function startOtherGitHub(options: GitHubOptions): Promise<TestedGitHub> {
  const { pageLimit = 100, lagMs = 0, clockSkewMs = 0 } = options;
  const clock = () => options.clock.now() + clockSkewMs;
  const accounts = createAccounts();
  const shelves = new Shelves();
  const limits = new Limits(options.perHour);
  const exchanges: GitHubExchange[] = [];
  const violations: string[] = [];
  const faults: Fault[] = [];
  const cutting: { url: string; longestPage: number } = { url: '', longestPage: pageLimit };
  let copies = 0;

  /** Three copies: one that is up to date, two that are behind, in turn. */
  function moment(now: number): number {
    return now - (lagMs * (copies++ % 3)) / 2;
  }

  function answer(method: string, address: URL, sent: unknown, bearer: string | undefined, now: number): Reply {
    const named = byNumber(accounts.repositories, address.pathname);
    const operation = description.find(method, named);
    if (!operation) {
      violations.push(`${method} ${address.pathname}: no such operation`);
      return missing;
    }
    const { id, parameters } = operation;
    const label = `${method} ${address.pathname} (${id})`;
    const problems = operation.problemsOfBody(sent);
    violations.push(...problems.map((problem) => `${label}: ${problem}`));
    if (problems.length > 0) return refusal(422, `Invalid request.\n\n${problems[0]}.`);
    const body = (sent ?? {}) as Readonly<Record<string, unknown>>;
    const call: Call = { method, path: named, query: address.searchParams, parameters, body, now, moment: moment(now) };
    const reply = dispatch(id, call, bearer);
    violations.push(
      ...operation.problemsOfAnswer(reply.status, reply.body).map((text) => `answer to ${label}: ${text}`),
    );
    return reply;
  }

  function dispatch(id: string, call: Call, bearer: string | undefined): Reply {
    const asApp = answerApp(id, call, bearer, { accounts, description });
    if (asApp) return asApp;
    const token = tokenOf(accounts, bearer, call.now);
    if ('status' in token) return token;
    const { owner, repo, org } = call.parameters;
    const repository = owner === undefined ? undefined : repositoryNamed(accounts, owner, repo ?? '');
    if (owner !== undefined && !repository) return moved(call, `${owner}/${repo}`) ?? missing;
    const organization = org === undefined ? undefined : organizationNamed(accounts, org);
    if (org !== undefined && organization === undefined) return missing;
    const holder = repository?.owner ?? organization;
    const need = needOf(id, call.method);
    const refused = holder === undefined ? undefined : refuse(token, need, { owner: holder, repository });
    if (refused) return refused;
    const other = answerRepository(id, call, token, { accounts, description, cutting, repository });
    if (other) return other;
    const environment = call.parameters['environment_name'];
    if (environment !== undefined && !repository?.environments.has(environment.toLowerCase())) return missing;
    const application = id.split('/')[0] ?? '';
    const rest = environment === undefined ? application : `environments/${environment}`;
    const reply = answerShelf(id, call, {
      shelf: shelves.at(`${repository?.id ?? organization}/${rest}`),
      organization: organization === undefined ? undefined : `${cutting.url}/orgs/${organization}/${application}`,
      cutting,
      repository(number) {
        const found = accounts.repositories.find((one) => one.id === number);
        return found && shownRepository('minimal-repository', found, { accounts, description, cutting });
      },
    });
    return reply ?? missing;
  }

  /** A renamed repository: the way to it by its number; 307 keeps the method. */
  function moved({ method, path, query }: Call, name: string): Reply | undefined {
    const repository = accounts.formerNames.get(name.toLowerCase());
    if (!repository) return undefined;
    const rest = path.split('/').slice(4).join('/');
    const search = query.size > 0 ? `?${query.toString()}` : '';
    const location = `${cutting.url}/repositories/${repository.id}${rest === '' ? '' : `/${rest}`}${search}`;
    return { ...refusal(method === 'GET' ? 301 : 307, 'Moved Permanently'), headers: { location } };
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString('utf8');
    const now = clock();
    const { method = 'GET' } = request;
    const address = new URL(request.url ?? '/', cutting.url);
    const bearer = /^(?:bearer|token) (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const body = text === '' ? undefined : (JSON.parse(text) as unknown);
    const seen = { number: exchanges.length + 1, at: now, method, path: address.pathname, body, token: bearer };
    const asked = { ...seen, query: address.searchParams };
    const fault = faults.map((one) => one(asked)).find((one) => one !== undefined);
    if (fault === 'cut' || fault === 'hang') {
      exchanges.push({ ...seen, answer: { status: 0 } });
      if (fault === 'cut') request.socket.destroy();
      return;
    }
    const budget = limits.primary(bearer ?? '', now);
    const slow = budget.refusal ?? limits.secondary(method !== 'GET', now);
    const reply: Reply = fault ?? slow ?? answer(method, address, body, bearer, now);
    exchanges.push({ ...seen, answer: reply });
    const out = reply.body === undefined ? undefined : JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      date: new Date(now).toUTCString(),
      'x-github-request-id': `OTHR:${seen.number}`,
      'x-github-media-type': 'github.v3; format=json',
      ...(out !== undefined && { 'content-type': 'application/json; charset=utf-8' }),
      ...budget.headers,
      ...reply.headers,
    });
    response.end(out);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      violations.push(`the stand-in failed: ${error instanceof Error ? error.stack : String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  cutting.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: cutting.url,
    exchanges,
    violations,
    get speed() {
      return { refused: limits.refused, closestWrites: limits.closestWrites };
    },
    ...controlsOf({ accounts, shelves, faults, now: clock }),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** GitHub's own way to a repository, which the description does not list. */
function byNumber(repositories: readonly Repository[], path: string): string {
  return path.replace(/^\/repositories\/(\d+)/, (whole, number) => {
    const found = repositories.find(({ id }) => id === Number(number));
    return found ? `/repos/${found.owner}/${found.name}` : whole;
  });
}
