import type { Context } from '../../base/context.js';
import { LadingError } from '../../base/errors.js';
import type { RegistryChoice } from './choice.js';
import { registryHost } from '../../aws/ecr-registry.js';
import type { RegistryLogin } from './login.js';
import { tryLogin, tryPull } from './probe.js';

/** Logins by the name of the secret: one GetAuthorizationToken per registry, each tried there before it goes anywhere. */
export async function readLogins(
  context: Context,
  choices: readonly RegistryChoice[],
  region: string | undefined,
): Promise<ReadonlyMap<string, RegistryLogin>> {
  const { openAws } = await import('../../aws/session.js');
  const { readEcrLogin } = await import('../../aws/ecr.js');
  const session = await openAws(context, { region: region ?? choices.find((choice) => choice.region)?.region });
  const asked = new Map<string, { readonly login: RegistryLogin; readonly reached: boolean }>();
  const logins = new Map<string, RegistryLogin>();
  for (const choice of choices) {
    const key = `${choice.account ?? ''}.${choice.region ?? session.region}`;
    const known = asked.get(key) ?? (await ask(choice));
    asked.set(key, known);
    const { login, reached } = known;
    for (const image of reached ? choice.images : []) await tryPull(context, login, image);
    logins.set(choice.secret, login);
  }
  return logins;

  async function ask(choice: RegistryChoice) {
    const ecr = await readEcrLogin(session, context, { region: choice.region });
    const registry = hostOf(ecr.endpoint, choice, session.region);
    const login = { username: ecr.username, password: ecr.password, registry, expiresAt: new Date(ecr.expiresAt) };
    return { login, reached: await tryLogin(context, login) };
  }
}

/** ECR names the host of the caller's own account; another account's differs in the number alone. */
function hostOf(endpoint: string | undefined, choice: RegistryChoice, region: string): string {
  const own = endpoint?.replace(/^https?:\/\//, '').replace(/\/$/, '');
  if (own !== undefined) return choice.account === undefined ? own : own.replace(/^\d{12}(?=\.dkr)/, choice.account);
  if (choice.account === undefined) {
    throw new LadingError('remote', 'ecr GetAuthorizationToken names no registry', {
      code: 'UNEXPECTED_SHAPE',
      hint: 'Say which one is meant by --registry ACCOUNT.REGION.',
    });
  }
  return registryHost(choice.account, choice.region ?? region);
}
