import type { Context } from '../../base/context.js';
import { LadingError, withResult } from '../../base/errors.js';
import { withTask } from '../../base/tell/report.js';
import type { GitHubApi } from '../../github/client/api.js';
import type { RepositoryPlace } from '../../github/secrets/place.js';
import { applyVariable, removeVariable } from '../../github/secrets/variable.js';
import type { BootstrapResult, StoredVariable } from './result.js';

type Telling = Pick<Context, 'report' | 'clock'>;

/** Puts them where every workflow of the repository reads them. */
export function storeVariables(
  api: GitHubApi,
  result: BootstrapResult,
  context: Telling,
): Promise<readonly StoredVariable[]> {
  return each(`Tell the variables to ${result.repository}`, result, context, (place, variable) =>
    applyVariable(api, place, variable),
  );
}

/** Takes those away that say what we said. */
export function takeVariables(
  api: GitHubApi,
  result: BootstrapResult,
  context: Telling,
): Promise<readonly StoredVariable[]> {
  return each(`Take the variables from ${result.repository}`, result, context, (place, variable) =>
    removeVariable(api, place, variable),
  );
}

async function each(
  title: string,
  result: BootstrapResult,
  context: Telling,
  work: (
    place: RepositoryPlace,
    variable: { readonly name: string; readonly value: string },
  ) => Promise<StoredVariable['action']>,
): Promise<readonly StoredVariable[]> {
  const [owner = '', repository = ''] = result.repository.split('/');
  const place: RepositoryPlace = { kind: 'repository', owner, repository, application: 'actions' };
  const stored: StoredVariable[] = [];
  try {
    await withTask(context, title, async () => {
      for (const [name, value] of Object.entries(result.variables)) {
        stored.push({ name, action: await work(place, { name, value }) });
      }
    });
  } catch (error) {
    if (!(error instanceof LadingError)) throw error;
    const hint = error.hint ?? 'Give a token with Variables: write, or --no-variables and put them there yourself.';
    throw withResult(error, { ...result, stored }, hint);
  }
  return stored;
}
