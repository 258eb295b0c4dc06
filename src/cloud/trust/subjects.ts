/** Where the pipeline runs, as the tokens of its jobs say it. */
export type Pipeline = GitHubPipeline | GitLabPipeline | CircleCiPipeline;

interface Issued {
  /** Who signs the tokens, without the scheme: `token.actions.githubusercontent.com`. */
  readonly issuer: string;
  readonly audience: string;
}

export interface GitHubPipeline extends Issued {
  readonly ci: 'github';
  readonly owner: string;
  readonly repository: string;
  /** Undefined where `sub` never has them: GitHub Enterprise Server. */
  readonly ids: { readonly owner: string; readonly repository: string } | undefined;
}

export interface GitLabPipeline extends Issued {
  readonly ci: 'gitlab';
  /** `group/subgroup/project`. */
  readonly project: string;
}

export interface CircleCiPipeline extends Issued {
  readonly ci: 'circleci';
  readonly organizationId: string;
  readonly projectId: string;
  /** `github.com/acme/shop`, as tokens of the second form have it. */
  readonly origin: string;
}

/** Which jobs of a pipeline are meant. */
export type Job =
  | { readonly on: 'branch'; readonly branch: string }
  | { readonly on: 'environment'; readonly environment: string }
  | { readonly on: 'pull-request' };

/** The values of `sub` that the tokens of a job have, and how they are compared. */
export interface Subjects {
  readonly operator: 'StringEquals' | 'StringLike';
  readonly values: readonly string[];
}

/**
 * GitHub has two forms: the second is that of repositories that were made, renamed or moved after 2026-07-15, and of
 * those that chose it. Both stand there, exact. An environment takes the place of the branch.
 * https://docs.github.com/actions/reference/security/oidc
 */
function gitHubSubjects({ owner, repository, ids }: GitHubPipeline, job: Job): readonly string[] {
  const tail = gitHubTail(job);
  const byName = `repo:${owner}/${repository}:${tail}`;
  return ids === undefined ? [byName] : [byName, `repo:${owner}@${ids.owner}/${repository}@${ids.repository}:${tail}`];
}

function gitHubTail(job: Job): string {
  // A colon within a value is encoded.
  switch (job.on) {
    case 'branch':
      return `ref:refs/heads/${job.branch.replaceAll(':', '%3A')}`;
    case 'environment':
      return `environment:${job.environment.replaceAll(':', '%3A')}`;
    case 'pull-request':
      return 'pull_request';
  }
}

/**
 * GitLab's tokens name neither environment nor merge request: a job is known by its branch alone; undefined for others.
 * https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
function gitLabSubject({ project }: GitLabPipeline, job: Job): string | undefined {
  return job.on === 'branch' ? `project_path:${project}:ref_type:branch:ref:${job.branch}` : undefined;
}

/** The second form of CircleCI's tokens, for it has the branch; the person who started the job stands between. */
function circleCiSubject({ organizationId, projectId, origin }: CircleCiPipeline, job: Job): string | undefined {
  if (job.on !== 'branch') return undefined;
  return `org/${organizationId}/project/${projectId}/user/*/vcs-origin/${origin}/vcs-ref/refs/heads/${job.branch}`;
}

/** All jobs of the list that the pipeline's tokens can tell. */
export function subjectsOf(pipeline: Pipeline, jobs: readonly Job[]): Subjects {
  const values = jobs.flatMap((job): readonly string[] => {
    switch (pipeline.ci) {
      case 'github':
        return gitHubSubjects(pipeline, job);
      case 'gitlab':
        return [gitLabSubject(pipeline, job) ?? []].flat();
      case 'circleci':
        return [circleCiSubject(pipeline, job) ?? []].flat();
    }
  });
  return { operator: pipeline.ci === 'circleci' ? 'StringLike' : 'StringEquals', values: [...new Set(values)] };
}
