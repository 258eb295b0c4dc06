import type { Context } from '../base/context.js';
import { HttpError, InputError, LadingError, messageOf, type InputIssue } from '../base/errors.js';
import { isLoopback } from '../base/http.js';
import { say } from '../base/report.js';

/** One registry whose password goes into one secret. No account means the account of the credentials. */
export interface RegistryChoice {
  readonly secret: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

export interface RegistryPassword {
  readonly username: string;
  readonly password: string;
  readonly registry: string;
  readonly expiresAt: Date;
}

const forms = 'Write ACCOUNT.REGION, as 123456789012.eu-central-1, or SECRET=ACCOUNT.REGION for several.';

/** Parses `--registry` (`[SECRET=]ACCOUNT.REGION` or the host's name) against the name of the one secret. */
export function parseRegistries(texts: readonly string[], secret: string): readonly RegistryChoice[] {
  const issues: InputIssue[] = [];
  const choices = texts.map((text): RegistryChoice => {
    const [, name, place = ''] = /^(?:([^=]*)=)?(.*)$/.exec(text.trim()) ?? [];
    const host = place.replace(/^https:\/\//, '').replace(/\/.*$/, '');
    const [, account, region] =
      /^(\d{12})\.(?:dkr[.-]ecr(?:-fips)?\.)?([a-z]{2}[a-z0-9-]*-\d+)(?:\.(?:amazonaws\.com(?:\.cn)?|on\.aws))?$/.exec(
        host,
      ) ?? [];
    if (account === undefined) issues.push({ where: '--registry', message: `'${text}' is no registry`, hint: forms });
    return { secret: name ?? secret, account, region };
  });
  const chosen = choices.length > 0 ? choices : [{ secret }];
  for (const name of chosen.map((choice) => choice.secret)) {
    const problem = secretNameProblem(name);
    if (problem) issues.push({ where: name === secret ? '--secret' : '--registry', message: `'${name}' ${problem}` });
  }
  const names = chosen.map((choice) => choice.secret.toUpperCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    issues.push({ where: '--registry', message: `two registries for the one secret ${twice}`, hint: forms });
  }
  if (issues.length > 0) throw new InputError(issues);
  return chosen;
}

/** https://docs.github.com/actions/reference/security/secrets#naming-your-secrets */
function secretNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is no name of a secret: letters, digits and underscores, no digit first';
  }
  return /^GITHUB_/i.test(name) ? 'begins with GITHUB_, which GitHub keeps to itself' : undefined;
}

/** One GetAuthorizationToken per registry, each password tried at the registry before it goes anywhere. */
export async function readPasswords(
  context: Context,
  choices: readonly RegistryChoice[],
  region: string | undefined,
): Promise<ReadonlyMap<string, RegistryPassword>> {
  const { openAws } = await import('../aws/session.js');
  const { readEcrPassword } = await import('../aws/ecr.js');
  const session = await openAws(context, { region: region ?? choices.find((choice) => choice.region)?.region });
  const asked = new Map<string, RegistryPassword>();
  const passwords = new Map<string, RegistryPassword>();
  for (const choice of choices) {
    const key = `${choice.account ?? ''}.${choice.region ?? session.region}`;
    let found = asked.get(key);
    if (found === undefined) {
      const ecr = await readEcrPassword(session, context, { region: choice.region });
      const registry = hostOf(ecr.endpoint, choice, session.region);
      found = { username: ecr.username, password: ecr.password, registry, expiresAt: new Date(ecr.expiresAt) };
      await probe(context, found);
      asked.set(key, found);
    }
    passwords.set(choice.secret, found);
  }
  return passwords;
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
  return `${choice.account}.dkr.ecr.${choice.region ?? region}.amazonaws.com`;
}

/** A password that its registry refuses must not replace one that may still work. */
async function probe(context: Context, login: RegistryPassword): Promise<void> {
  const { registry, username, password } = login;
  const scheme = isLoopback(new URL(`http://${registry}`).hostname) ? 'http' : 'https';
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  context.report({ type: 'mask', value: basic });
  let status: number;
  try {
    const response = await context.http(`${scheme}://${registry}/v2/`, {
      headers: { authorization: `Basic ${basic}`, 'user-agent': 'lading' },
      signal: context.signal,
      idleTimeoutMs: 10_000,
    });
    await response.text();
    status = response.status;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    // Who may call the API need not reach the registry.
    say(context.report, 'warning', `${registry} cannot be reached, so its password was not tried: ${messageOf(error)}`);
    return;
  }
  if (status !== 401 && status !== 403) return;
  throw new LadingError('credentials', `${registry} answers ${status} to the password that ECR gave for it`, {
    code: 'PASSWORD_REFUSED',
    hint: 'Check account and region of --registry, and any proxy or policy of a VPC endpoint in between.',
  });
}
