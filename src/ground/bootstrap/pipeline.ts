import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import type { Job, Pipeline } from '../../cloud/trust/subjects.js';
import type { GitHubApi } from '../../github/client/api.js';
import { issuerOf } from '../../github/origin.js';
import { readRepository, readSubjectTemplate } from '../../github/repositories.js';
import type { BootstrapRequest, RoleName } from './request.js';

/** Where jobs run, and on which branch they do what counts. */
export interface Home {
  readonly pipeline: Pipeline;
  /** As its owner writes it: subjects are compared letter by letter. */
  readonly repository: string;
  readonly branch: string;
}

/** Asks GitHub where there is somebody to ask. */
export async function readHome(
  request: BootstrapRequest,
  { api, partition }: { readonly api: GitHubApi | undefined; readonly partition: string },
  context: Pick<Context, 'env' | 'report'>,
): Promise<Home> {
  const { ci, repository, branch = 'main' } = request;
  const sts = partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com';
  switch (ci) {
    case 'github':
      return readGitHub(request, api, request.audience ?? sts, context);
    case 'gitlab': {
      const issuer = request.issuer ?? 'gitlab.com';
      const audience = request.audience ?? `https://${issuer}`;
      return { pipeline: { ci, issuer, audience, project: repository }, repository, branch };
    }
    case 'circleci': {
      const { organizationId = '', projectId = '' } = request;
      const issuer = request.issuer ?? `oidc.circleci.com/org/${organizationId}`;
      const audience = request.audience ?? organizationId;
      const origin = `github.com/${repository}`;
      return { pipeline: { ci, issuer, audience, organizationId, projectId, origin }, repository, branch };
    }
  }
}

async function readGitHub(
  request: BootstrapRequest,
  api: GitHubApi | undefined,
  audience: string,
  { env, report }: Pick<Context, 'env' | 'report'>,
): Promise<Home> {
  const [owner = '', name = ''] = request.repository.split('/');
  const at = { owner, repository: name };
  const found = api && (await readRepository(api, at));
  const template = api && found && (await readSubjectTemplate(api, { owner: found.owner, repository: found.name }));
  if (template !== undefined) throw ownTemplate(request.repository, template);
  const issuer = request.issuer ?? issuerOf(env['GITHUB_SERVER_URL']);
  const isHere = env['GITHUB_REPOSITORY']?.toLowerCase() === request.repository.toLowerCase();
  const ownerId = idOf(found?.ownerId) ?? request.ownerId ?? (isHere ? env['GITHUB_REPOSITORY_OWNER_ID'] : undefined);
  const repositoryId = idOf(found?.id) ?? request.repositoryId ?? (isHere ? env['GITHUB_REPOSITORY_ID'] : undefined);
  checkAsked(request, { ownerId, repositoryId });
  const isServer = issuer.endsWith('/_services/token');
  if (!isServer && (!ownerId || !repositoryId)) throw noIds(request.repository);
  const repository = found ? `${found.owner}/${found.name}` : request.repository;
  if (found && repository !== request.repository) {
    say(report, 'info', `${request.repository} is ${repository} at GitHub: that is what its tokens say`);
  }
  const ids = !isServer && ownerId && repositoryId ? { owner: ownerId, repository: repositoryId } : undefined;
  return {
    pipeline: {
      ci: 'github',
      issuer,
      audience,
      owner: found?.owner ?? owner,
      repository: found?.name ?? name,
      ids,
    },
    repository,
    branch: request.branch ?? found?.defaultBranch ?? 'main',
  };
}

function idOf(id: number | undefined): string | undefined {
  return id === undefined ? undefined : String(id);
}

/** An id that is given and is another's would let somebody else in. */
function checkAsked(
  request: BootstrapRequest,
  found: { readonly ownerId: string | undefined; readonly repositoryId: string | undefined },
): void {
  for (const name of ['ownerId', 'repositoryId'] as const) {
    const asked = request[name];
    if (asked === undefined || found[name] === asked) continue;
    throw new LadingError('input', `${request.repository} has ${name} ${found[name] ?? 'unknown'}, not ${asked}`, {
      code: 'WRONG_ID',
      hint: 'Leave the ids out: GitHub tells them.',
    });
  }
}

function noIds(repository: string): LadingError {
  return new LadingError('input', `the ids of ${repository} are not known, and its tokens may have them`, {
    code: 'NO_REPOSITORY_ID',
    hint: 'Set GH_TOKEN to a token that may read the repository, or give --repository-id and --owner-id.',
  });
}

function ownTemplate(repository: string, keys: readonly string[]): LadingError {
  return new LadingError('input', `tokens of ${repository} have a subject of their own making: ${keys.join(', ')}`, {
    code: 'OWN_SUBJECT',
    hint: `Go back to GitHub's own: gh api -X PUT repos/${repository}/actions/oidc/customization/sub -F use_default=true.`,
  });
}

/**
 * Which jobs each role is for. A role that changes something is for an environment, which GitHub can protect; a plan may
 * be wanted for every pull request. The tokens of others know branches alone.
 */
export function jobsOf(role: RoleName, home: Home, environments: readonly string[]): readonly Job[] {
  const branch: Job = { on: 'branch', branch: home.branch };
  if (home.pipeline.ci !== 'github') return [branch];
  switch (role) {
    case 'build':
    case 'rotate':
      return [branch];
    case 'deploy':
    case 'infra-apply':
      return environments.map((environment) => ({ on: 'environment', environment }));
    case 'infra-plan':
      return [{ on: 'pull-request' }, branch];
  }
}
