import type { Context } from '../base/context.js';
import { errnoOf, InputError, messageOf } from '../base/errors.js';
import { input } from '../base/input.js';
import type { GitHubApi } from '../github/client/api.js';
import type { AppAuth } from '../github/identity/app.js';

/** How GitHub is reached; shared by every verb that changes something there. */
export const gitHubInputs = {
  'github-token': input.string(
    'Token that may write the secrets: fine-grained, classic or of an App; `GH_TOKEN` is read when it is not given',
    { secret: true, key: false },
  ),
  'github-app-id': input.string('Id or client id of a GitHub App, instead of a token', {
    placeholder: 'ID',
    key: 'github.app-id',
  }),
  'github-app-key': input.string('Private key of the App: PEM, or the base64 of it', { secret: true, key: false }),
  'github-app-key-file': input.path('File with the private key of the App', {
    placeholder: 'FILE',
    key: 'github.app-key-file',
  }),
  'github-api-version': input.string('Version of the REST API to ask for', {
    placeholder: 'DATE',
    key: 'github.api-version',
  }),
};

interface GitHubValues {
  readonly githubToken?: string | undefined;
  readonly githubAppId?: string | undefined;
  readonly githubAppKey?: string | undefined;
  readonly githubAppKeyFile?: string | undefined;
  readonly githubApiVersion?: string | undefined;
}

export interface GitHubAccess {
  readonly api: GitHubApi;
  /** Only when an App is used: it can be told to ask for less. */
  readonly app: AppAuth | undefined;
}

/** The API with the App or the token that the inputs name. The caller must `api.auth.close()`. */
export async function openGitHub(context: Context, values: GitHubValues): Promise<GitHubAccess> {
  const { createGitHubApi, gitHubUrl } = await import('../github/client/api.js');
  const { createPace } = await import('../github/client/limits.js');
  const { formatDuration } = await import('../base/duration.js');
  const { say } = await import('../base/report.js');
  const url = gitHubUrl(context.env);
  const app = await appOf(context, values, url);
  const { findToken, noToken, tokenAuth } = await import('../github/identity/token.js');
  const token = app ? undefined : findToken(values.githubToken, context.env);
  const auth = app ?? (token && tokenAuth(token, context));
  if (auth === undefined) throw noToken();
  const pace = createPace(context.clock, {
    onWait: (ms) => say(context.report, 'info', `Keeping below GitHub's writes an hour: waiting ${formatDuration(ms)}`),
  });
  return { api: createGitHubApi(context, { url, auth, pace, version: values.githubApiVersion }), app };
}

async function appOf(context: Context, values: GitHubValues, url: string): Promise<AppAuth | undefined> {
  const { githubAppId: appId, githubAppKey, githubAppKeyFile } = values;
  if (appId === undefined) {
    if (githubAppKey === undefined && githubAppKeyFile === undefined) return undefined;
    throw new InputError({ where: '--github-app-id', message: 'is missing: a key of an App is given, its id is not' });
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
  const { parseAppKey } = await import('../github/identity/app-key.js');
  const { createAppAuth } = await import('../github/identity/app.js');
  return createAppAuth(context, { url, appId, key: parseAppKey(text), version: values.githubApiVersion });
}

async function readKey(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError({
      where: '--github-app-key-file',
      message: `${errnoOf(error) ?? ''} ${messageOf(error)}`.trim(),
    });
  }
}
