import type { Context } from '../../base/context.js';
import { formatDuration } from '../../base/duration.js';
import { InputError, messageOf } from '../../base/errors.js';
import { say } from '../../base/tell/report.js';
import { createGitHubApi, gitHubUrl, type GitHubApi } from '../client/api.js';
import { createPace } from '../client/limits.js';
import { createRemoteClock, type RemoteClock } from '../client/remote-clock.js';
import type { AppIdentity } from './app.js';
import { findToken, noToken, tokenIdentity } from './token.js';

/** Who we shall be towards GitHub: a token, or an App by its id and its key or the file of it. */
export interface GitHubChoice {
  readonly githubToken?: string | undefined;
  readonly githubAppId?: string | undefined;
  readonly githubAppKey?: string | undefined;
  readonly githubAppKeyFile?: string | undefined;
  readonly githubApiVersion?: string | undefined;
}

export interface GitHubSession {
  readonly api: GitHubApi;
  /** Only when an App is used: it can be told to ask for less. */
  readonly app: AppIdentity | undefined;
}

type Opening = Pick<Context, 'env' | 'http' | 'clock' | 'report' | 'signal'>;

/** The API with the App or the token that was chosen. The caller must `api.identity.close()`. */
export async function openGitHub(context: Opening, choice: GitHubChoice): Promise<GitHubSession> {
  const url = gitHubUrl(context.env);
  const remote = createRemoteClock(context.clock, (offsetMs) => tellSkew(context, offsetMs));
  const app = await appOf(context, choice, { url, remote });
  const token = app ? undefined : findToken(choice.githubToken, context.env);
  const identity = app ?? (token && tokenIdentity(token, context));
  if (identity === undefined) throw noToken();
  const pace = createPace(context.clock, {
    onWait: (ms) => say(context.report, 'info', `Keeping below GitHub's writes an hour: waiting ${formatDuration(ms)}`),
  });
  return { api: createGitHubApi(context, { url, identity, pace, remote, version: choice.githubApiVersion }), app };
}

async function appOf(
  context: Opening,
  choice: GitHubChoice,
  at: { readonly url: string; readonly remote: RemoteClock },
): Promise<AppIdentity | undefined> {
  const { githubAppId: appId, githubAppKey, githubAppKeyFile } = choice;
  if (appId === undefined) {
    if (githubAppKey === undefined && githubAppKeyFile === undefined) return undefined;
    throw new InputError({ where: '--github-app-id', message: 'is missing: a key of an App is given, its id is not' });
  }
  if (!/^[A-Za-z0-9.]{1,40}$/.test(appId)) {
    throw new InputError({
      where: '--github-app-id',
      message: 'is neither the id of an App nor a client id (not shown)',
      hint: 'Write the number or the client id that stands on the page of the App.',
    });
  }
  const text = githubAppKey ?? (githubAppKeyFile && (await readKey(githubAppKeyFile)));
  if (!text) {
    throw new InputError({
      where: '--github-app-key-file',
      message: 'is missing: the id of an App is given, its key is not',
      hint: 'Name the .pem file, or put the key into LADING_GITHUB_APP_KEY.',
    });
  }
  context.report({ type: 'mask', value: text });
  const { parseAppKey } = await import('./app-key.js');
  const { createAppIdentity } = await import('./app.js');
  return createAppIdentity(context, { ...at, appId, key: parseAppKey(text), version: choice.githubApiVersion });
}

async function readKey(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    // Who puts the key itself here shall not read it in a log.
    const isKey = file.includes('-----BEGIN') || file.length > 400;
    throw new InputError({
      where: '--github-app-key-file',
      message: isKey ? 'is the key itself, not the name of a file (not shown)' : messageOf(error),
      hint: isKey ? 'Put the key into LADING_GITHUB_APP_KEY.' : undefined,
    });
  }
}

function tellSkew({ report }: Opening, offsetMs: number): void {
  const way = offsetMs > 0 ? 'behind' : 'ahead of';
  say(
    report,
    'warning',
    `this computer's clock is ${formatDuration(Math.abs(offsetMs))} ${way} GitHub's; GitHub's counts`,
    'Set the clock: AWS refuses what is signed five minutes off.',
  );
}
