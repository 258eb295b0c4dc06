import type { Description } from '../github-description.js';
import { organizationNamed, sameName, type Accounts, type Repository, type Token } from './accounts.js';
import { missing, page, timeText, type Call, type Cutting, type Reply } from './reply.js';

interface World {
  readonly accounts: Accounts;
  readonly description: Description;
  readonly cutting: Cutting;
}

/** A repository in the words of the schema: `minimal-repository`, `repository` or `full-repository`. */
export function shownRepository(schema: string, repository: Repository, { description, cutting }: World) {
  const { id, owner, name, isPrivate, archived, topics } = repository;
  return description.complete(schema, {
    id,
    name,
    full_name: `${owner}/${name}`,
    private: isPrivate,
    owner: description.complete('simple-user', { login: owner, id: 2511 }),
    archived,
    topics,
    url: `${cutting.url}/repos/${owner}/${name}`,
  });
}

/** Answers lists of repositories, a repository, its environments and its workflows. */
export function answerRepository(
  id: string,
  call: Call,
  token: Token,
  world: World & { readonly repository: Repository | undefined },
): Reply | undefined {
  const { accounts, cutting, repository, description } = world;
  const visible = accounts.repositories.filter((one) => token.repositories?.includes(one) ?? true);
  const list = (schema: string, items: readonly Repository[]) =>
    page(call, cutting, items, (some) => some.map((one) => shownRepository(schema, one, world)));
  switch (id) {
    case 'repos/list-for-org': {
      const organization = organizationNamed(accounts, call.parameters['org'] ?? '');
      if (organization === undefined) return missing;
      return list('minimal-repository', visible.filter(({ owner }) => sameName(owner, organization))); // prettier-ignore
    }
    case 'repos/list-for-authenticated-user':
      return list('repository', visible);
    case 'apps/list-repos-accessible-to-installation':
      return page(call, cutting, visible, (some) => ({
        total_count: visible.length,
        repository_selection: 'all',
        repositories: some.map((one) => shownRepository('repository', one, world)),
      }));
    case 'repos/get':
      return repository && { status: 200, body: shownRepository('full-repository', repository, world) };
    case 'repos/get-environment': {
      const name = call.parameters['environment_name'] ?? '';
      if (!repository?.environments.has(name.toLowerCase())) return missing;
      return { status: 200, body: description.complete('environment', { name }) };
    }
    case 'actions/get-workflow':
    case 'actions/list-workflow-runs':
      return repository && answerWorkflow(id, call, repository, world);
    default:
      return undefined;
  }
}

function answerWorkflow(id: string, call: Call, repository: Repository, world: World): Reply {
  const file = call.parameters['workflow_id'] ?? '';
  const workflow = repository.workflows.get(file);
  if (!workflow) return missing;
  const { description, cutting } = world;
  if (id === 'actions/get-workflow') {
    const created = timeText(workflow.createdAt ?? call.now - 300 * 86_400_000);
    const path = `.github/workflows/${file}`;
    const given = { name: file, path, state: workflow.state, created_at: created, updated_at: created };
    return { status: 200, body: description.complete('workflow', given) };
  }
  const [event, status] = [call.query.get('event'), call.query.get('status')];
  const runs = [...workflow.runs]
    .map((run) => ({
      ...run,
      event: run.event ?? 'schedule',
      status: run.conclusion === null ? 'queued' : 'completed',
    }))
    .filter((run) => (event === null || run.event === event) && (status === null || run.status === status))
    .sort((a, b) => b.createdAt - a.createdAt);
  return page(call, cutting, runs, (some) => ({
    total_count: runs.length,
    workflow_runs: some.map(({ createdAt, ...run }) =>
      description.complete('workflow-run', { ...run, id: createdAt, created_at: timeText(createdAt) }),
    ),
  }));
}
