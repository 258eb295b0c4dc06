import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import type { Page } from '../../base/tell/page.js';
import { say } from '../../base/tell/report.js';
import type { GitHubApi, GitHubIdentity } from '../../github/client/api.js';
import { createGitHubApi, gitHubUrl } from '../../github/client/api.js';
import { createPace } from '../../github/client/limits.js';
import { readListing } from '../../github/client/listing.js';
import { createRemoteClock } from '../../github/client/remote-clock.js';

export interface CommentChoice {
  /** Number of the pull request; that of the run when left out. */
  readonly pullRequest?: number | undefined;
  readonly token?: string | undefined;
  /** What tells our comment from others, as the place of the state. */
  readonly about: string;
}

/** https://docs.github.com/rest/issues/comments: a body has so many characters at most. */
const LONGEST = 65_536;
const FEW = 1024;

const commentShape = v.looseObject({ id: v.number(), body: v.optional(v.nullable(v.string())) });

/**
 * Puts a page into one comment of the pull request: the first run writes it, later ones put theirs in its place. A
 * comment that cannot be written is a warning: the plan is made all the same. Returns the place of the comment.
 */
export async function commentOnPullRequest(
  page: Page,
  choice: CommentChoice,
  context: Context,
): Promise<string | undefined> {
  const number = choice.pullRequest ?? (await pullRequestOf(context));
  const repository = context.env.GITHUB_REPOSITORY;
  if (number === undefined || !repository || !context.markdown) {
    say(context.report, 'info', 'This run is of no pull request: there is no comment to write.');
    return undefined;
  }
  const token = choice.token ?? (context.env.GH_TOKEN || context.env.GITHUB_TOKEN || undefined);
  if (token === undefined) {
    say(
      context.report,
      'warning',
      'The pull request gets no comment: there is no token.',
      'Set GITHUB_TOKEN to ${{ github.token }}.',
    );
    return undefined;
  }
  context.report({ type: 'mask', value: token });
  const marker = `<!-- lading infra plan: ${choice.about.replace(/[^\w./:-]/g, '_')} -->`;
  try {
    const body = `${marker}\n${await context.markdown(page, LONGEST - FEW)}`;
    return await putComment(openApi(token, context), { repository, number, marker, body });
  } catch (error) {
    if (!(error instanceof LadingError) || error.kind === 'cancelled') throw error;
    const hint = 'The job needs permissions: pull-requests: write. Pull requests of forks get none.';
    say(context.report, 'warning', `The pull request gets no comment: ${error.message}`, hint);
    return undefined;
  }
}

/** `refs/pull/7/merge`, else what the event says. */
async function pullRequestOf({ env }: Pick<Context, 'env'>): Promise<number | undefined> {
  const [, number] = /^refs\/pull\/(\d+)\//.exec(env.GITHUB_REF ?? '') ?? [];
  if (number !== undefined) return Number(number);
  if (!env.GITHUB_EVENT_PATH) return undefined;
  const shape = v.looseObject({ pull_request: v.looseObject({ number: v.number() }) });
  try {
    const event: unknown = JSON.parse(await readFile(env.GITHUB_EVENT_PATH, 'utf8'));
    const parsed = v.safeParse(shape, event);
    return parsed.success ? parsed.output.pull_request.number : undefined;
  } catch {
    return undefined;
  }
}

function openApi(token: string, context: Context): GitHubApi {
  const identity: GitHubIdentity = {
    kind: 'token',
    token: () => Promise.resolve(token),
    renew: () => false,
    close: () => Promise.resolve(),
  };
  const remote = createRemoteClock(context.clock, () => undefined);
  const pace = createPace(context.clock, { onWait: () => undefined });
  return createGitHubApi(context, { url: gitHubUrl(context.env), identity, pace, remote });
}

interface Comment {
  readonly repository: string;
  readonly number: number;
  readonly marker: string;
  readonly body: string;
}

async function putComment(api: GitHubApi, { repository, number, marker, body }: Comment): Promise<string | undefined> {
  const [owner = ''] = repository.split('/');
  const what = `comment on ${repository}#${number}`;
  const path = `/repos/${repository}/issues/${number}/comments`;
  const comments = await readListing(
    api,
    path,
    { what: `read the comments of ${repository}#${number}`, owner },
    {
      pageOf: (answer) => ({ items: parseShape(v.array(commentShape), answer, `comments of ${repository}#${number}`) }),
      keyOf: ({ id }) => id,
    },
  );
  const ours = comments.find((comment) => comment.body?.startsWith(marker));
  if (ours?.body?.trim() === body.trim()) return undefined;
  // What somebody else has begun with our words cannot be changed by us, and gets a comment of its own below.
  const changed = ours && (await change(api, `/repos/${repository}/issues/comments/${ours.id}`, { what, owner, body }));
  const answer = changed ?? (await api.request('POST', path, { what, owner, body: { body } })).body;
  return parseShape(v.looseObject({ html_url: v.optional(v.string()) }), answer, what).html_url;
}

async function change(
  api: GitHubApi,
  path: string,
  { what, owner, body }: { readonly what: string; readonly owner: string; readonly body: string },
): Promise<unknown> {
  const answer = await api.request('PATCH', path, { what, owner, body: { body }, accept: [403, 404] });
  return answer.status === 200 ? answer.body : undefined;
}
