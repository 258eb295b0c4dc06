import { readFile } from 'node:fs/promises';
import type { Environment } from '../../base/context.js';
import type { LadingError } from '../../base/errors.js';
import { noCredentials } from '../credentials/provider.js';

const PERMISSION =
  'Add `permissions: { id-token: write, contents: read }` to the job, and to the one that calls it if its workflow is reusable.';

/**
 * Why a job has no ID token for a role that it wants, and the line that gives it one. Undefined outside of the CI systems
 * that give any.
 */
export async function explainNoToken(
  role: string,
  { env, audience }: { readonly env: Environment; readonly audience: string },
): Promise<LadingError | undefined> {
  const told = await reasonOf(env, audience);
  if (!told) return undefined;
  return noCredentials(`${role} was not asked for: ${told.why}`, told.hint, { code: told.code });
}

async function reasonOf(env: Environment, audience: string) {
  if (env.GITHUB_ACTIONS === 'true') {
    const fork = await forkOf(env);
    if (fork !== undefined) {
      return {
        code: 'FORK_HAS_NO_TOKEN',
        why: `this pull request comes from the fork ${fork}, and GitHub gives such jobs neither an ID token nor secrets`,
        hint: 'Skip the job for forks: `if: github.event.pull_request.head.repo.full_name == github.repository`.',
      };
    }
    return {
      code: 'NO_ID_TOKEN_PERMISSION',
      why: 'the job may not have an ID token of GitHub, since it lacks the permission `id-token: write`',
      hint: PERMISSION,
    };
  }
  if (env.GITLAB_CI === 'true') {
    return {
      code: 'NO_ID_TOKEN',
      why: 'the job has no ID token of GitLab',
      hint: `Add \`id_tokens: { LADING_ID_TOKEN: { aud: ${audience} } }\` to the job.`,
    };
  }
  if (env.CIRCLECI === 'true') {
    return {
      code: 'NO_ID_TOKEN',
      why: 'the job has no ID token of CircleCI: CIRCLE_OIDC_TOKEN_V2 is not set',
      hint: 'Give the job a context: `context: [aws]` under its name in the workflow.',
    };
  }
  return undefined;
}

/** The repository that a pull request comes from, when it is another one. */
async function forkOf(env: Environment): Promise<string | undefined> {
  // Of `pull_request_target` the job is the base's own: what it lacks is the permission.
  const isOfPull = /^pull_request(_review|_review_comment)?$/.test(env.GITHUB_EVENT_NAME ?? '');
  if (!isOfPull || !env.GITHUB_EVENT_PATH) return undefined;
  try {
    const event = JSON.parse(await readFile(env.GITHUB_EVENT_PATH, 'utf8')) as {
      readonly pull_request?: { readonly head?: { readonly repo?: { readonly full_name?: unknown } | null } };
    };
    const head = event.pull_request?.head;
    if (!head) return undefined;
    // A fork that was deleted since has no repository any more.
    const name = head.repo?.full_name ?? 'that was deleted';
    return typeof name === 'string' && name !== env.GITHUB_REPOSITORY ? name : undefined;
  } catch {
    return undefined;
  }
}
