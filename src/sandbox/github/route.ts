import { isoTime, json, notFound, type Answer, type Request } from './answer.js';
import { answerApps } from './apps.js';
import { listing, type Paging } from './page.js';
import { authenticate, isToken, refuseOrganization, refuseRepository, type Demand } from './permission.js';
import { findRepository, vaultAt, type GitHubRepository, type GitHubState, type GitHubToken } from './state.js';
import { answerSecrets, answerVariables } from './vault.js';

const applications = ['actions', 'dependabot', 'codespaces', 'agents'];

/** When and where a request is answered. */
export interface Moment extends Paging {
  readonly now: number;
  /** The copy that reads come from stands here: `now`, or a little before it. */
  readonly seenAt: number;
}

/** Answers one request from the state. */
export function answerRequest(state: GitHubState, request: Request, moment: Moment): Answer {
  const asApp = answerApps(state, request, moment.now);
  if (asApp) return asApp;
  const token = authenticate(state, request.token, moment.now);
  if (!isToken(token)) return token;
  const here: Here = { ...moment, state, request, token, moment };
  const [first, second, third, ...rest] = request.segments;
  if (first === 'orgs' && second !== undefined) return answerOrganization(here, second, [third ?? '', ...rest]);
  if (first === 'user' && second === 'repos') return listRepositories(here, () => true);
  if (first === 'installation' && second === 'repositories') {
    const visible = state.repositories.filter((one) => token.repositoryIds?.includes(one.id) ?? true);
    return listing(visible, request, moment, (page) => ({
      total_count: visible.length,
      repositories: page.map((one) => describe(one, moment.url)),
    }));
  }
  if (first === 'repositories') {
    const repository = state.repositories.find(({ id }) => id === Number(second));
    return repository ? answerRepository(here, repository, [third ?? '', ...rest]) : notFound;
  }
  if (first !== 'repos' || second === undefined || third === undefined) return notFound;
  const repository = findRepository(state, second, third);
  if (repository) return answerRepository(here, repository, rest);
  const movedTo = state.former.get(`${second}/${third}`.toLowerCase());
  return movedTo === undefined ? notFound : moved(here, movedTo, rest);
}

interface Here {
  readonly state: GitHubState;
  readonly request: Request;
  readonly token: GitHubToken;
  readonly now: number;
  readonly url: string;
  readonly moment: Moment;
}

function moved({ request, url }: Here, id: number, rest: readonly string[]): Answer {
  const query = request.query.size > 0 ? `?${String(request.query)}` : '';
  const location = `${url}/repositories/${[id, ...rest.map(encodeURIComponent)].join('/')}${query}`;
  // GitHub keeps the method of a write by 307.
  const status = request.method === 'GET' ? 301 : 307;
  const message = status === 301 ? 'Moved Permanently' : 'Temporary Redirect';
  return { status, headers: { location }, body: { message, url: location } };
}

function answerRepository(here: Here, repository: GitHubRepository, path: readonly string[]): Answer {
  const { state, request, token, url, moment } = here;
  const [head, second, third, ...more] = path.filter((segment) => segment !== '');
  const refuse = (demand: Demand) => refuseRepository(token, repository, demand);
  const level = request.method === 'GET' ? 'read' : 'write';
  const place = (name: string) => ({
    ...moment,
    vault: vaultAt(state, name),
    isOrganization: false,
    at: url,
    describeRepository: () => undefined,
  });
  if (head === undefined && request.method === 'GET') {
    return refuse({ permission: 'metadata', level: 'read', scope: '' }) ?? json(200, describe(repository, url));
  }
  if (head === 'environments' && second !== undefined) {
    const refused = refuse({ permission: 'environments', level, scope: 'repo' });
    if (refused) return refused;
    const exists = repository.environments.has(second.toLowerCase());
    if (third === undefined && request.method === 'PUT') repository.environments.add(second.toLowerCase());
    if (!exists && request.method !== 'PUT') return notFound;
    if (third === undefined) return json(200, { id: repository.id, name: second });
    const vault = place(`${repository.id}@${second}`);
    if (third === 'secrets') return answerSecrets(vault, more, request);
    return third === 'variables' ? answerVariables(vault, more, request) : notFound;
  }
  if (head === 'actions' && second === 'oidc' && [third, ...more].join('/') === 'customization/sub') {
    const { subjectKeys } = repository;
    const custom = { use_default: false, include_claim_keys: subjectKeys };
    return (
      refuse({ permission: 'actions', level: 'read', scope: 'repo' }) ??
      json(200, subjectKeys ? custom : { use_default: true })
    );
  }
  if (head === 'actions' && second === 'workflows' && third !== undefined) {
    const refused = refuse({ permission: 'actions', level: 'read', scope: 'repo' });
    return refused ?? workflow(here, repository.id, third, more);
  }
  if (head === undefined || !applications.includes(head)) return notFound;
  if (second !== 'secrets' && second !== 'variables') return notFound;
  const permission = permissionKey(head, second, false);
  const refused = refuse({ permission, level, scope: 'repo' });
  if (refused) return refused;
  const rest = third === undefined ? [] : [third, ...more];
  const vault = place(`${repository.id}:${head}`);
  return second === 'secrets' ? answerSecrets(vault, rest, request) : answerVariables(vault, rest, request);
}

function answerOrganization(here: Here, name: string, path: readonly string[]): Answer {
  const { state, request, token, url, moment } = here;
  const organization = [...state.organizations].find((one) => one.toLowerCase() === name.toLowerCase());
  if (organization === undefined) return notFound;
  const [application = '', field, ...rest] = path;
  if (application === 'repos') return listRepositories(here, ({ owner }) => owner === organization);
  if (!applications.includes(application) || (field !== 'secrets' && field !== 'variables')) return notFound;
  const refused = refuseOrganization(token, organization, {
    permission: permissionKey(application, field, true),
    level: request.method === 'GET' ? 'read' : 'write',
    scope: 'admin:org',
  });
  if (refused) return refused;
  const place = {
    ...moment,
    vault: vaultAt(state, `org:${organization}:${application}`),
    isOrganization: true,
    at: `${url}/orgs/${organization}/${application}`,
    describeRepository: (id: number) => {
      const repository = state.repositories.find((one) => one.id === id);
      return repository && describe(repository, url);
    },
  };
  return field === 'secrets' ? answerSecrets(place, rest, request) : answerVariables(place, rest, request);
}

function permissionKey(application: string, field: 'secrets' | 'variables', isOrganization: boolean): string {
  const singular = application === 'agents' ? 'agent' : application;
  const key = application === 'actions' && field === 'secrets' ? 'secrets' : `${singular}_${field}`;
  return isOrganization ? `organization_${key}` : key;
}

function listRepositories(
  { state, request, token, url, moment }: Here,
  meant: (one: GitHubRepository) => boolean,
): Answer {
  const visible = state.repositories.filter((one) => meant(one) && (token.repositoryIds?.includes(one.id) ?? true));
  return listing(visible, request, moment, (page) => page.map((one) => describe(one, url)));
}

/** The same for the same account. */
function idOfOwner(owner: string): number {
  return [...owner.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7);
}

function describe(repository: GitHubRepository, url: string): Readonly<Record<string, unknown>> {
  const { id, owner, name, isPrivate, archived, topics } = repository;
  return {
    id,
    name,
    full_name: `${owner}/${name}`,
    private: isPrivate,
    owner: { login: owner, id: idOfOwner(owner) },
    archived,
    default_branch: 'main',
    topics,
    url: `${url}/repos/${owner}/${name}`,
  };
}

function workflow(
  { state, request, now, moment, url }: Here,
  id: number,
  file: string,
  more: readonly string[],
): Answer {
  const found = state.workflows.get(`${id}/${file}`);
  if (!found) return notFound;
  if (more[0] !== 'runs') {
    const createdAt = isoTime(found.createdAt ?? now - 365 * 86_400_000);
    return json(200, {
      id: 1,
      name: file,
      path: `.github/workflows/${file}`,
      state: found.state,
      created_at: createdAt,
      updated_at: createdAt,
    });
  }
  const [event, status] = [request.query.get('event'), request.query.get('status')];
  const runs = found.runs
    .map((run) => ({ event: 'schedule', status: run.conclusion === null ? 'in_progress' : 'completed', ...run }))
    .filter((run) => run.createdAt <= now && (event ?? run.event) === run.event)
    .filter((run) => status === null || status === run.status || status === run.conclusion)
    .sort((a, b) => b.createdAt - a.createdAt);
  return listing(runs, request, moment, (page) => ({
    total_count: runs.length,
    workflow_runs: page.map(({ createdAt, ...run }) => ({
      id: createdAt,
      ...run,
      created_at: isoTime(createdAt),
      html_url: `${url}/actions/runs/${createdAt}`,
    })),
  }));
}
