import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { say } from '../base/tell/report.js';
import type { EcrLogin } from '../aws/ecr.js';
import { readEcrLogin } from '../aws/ecr.js';
import type { EcrRegistry } from '../aws/ecr-registry.js';
import { ecrHost } from '../aws/ecr-registry.js';
import { withProxy } from '../aws/identity/proxy.js';
import { openAws } from '../aws/session.js';
import type { WrittenLogins } from '../registry/login/auth-file.js';
import { hasLogin, undoLogins, writeLogins } from '../registry/login/auth-file.js';
import { dockerFile, podmanFiles } from '../registry/login/places.js';

/** One registry that one is logged in to. */
export interface LoggedIn {
  /** As the name of an image begins. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  /** As `2026-11-24T20:30:00.000Z`; ECR gives twelve hours. */
  readonly expiresAt: string;
}

export interface LoginResult {
  readonly logins: readonly LoggedIn[];
  /** Files that have them now. */
  readonly written: readonly WrittenLogins[];
  readonly print: 'password' | 'helper' | undefined;
  /** They stay after the job. */
  readonly skipLogout: boolean;
  /** Later steps may show them: somebody wanted it so. */
  readonly unmasked: boolean;
}

export interface LoginRequest {
  readonly registries: readonly EcrRegistry[];
  readonly region: string | undefined;
  readonly authFile: string | undefined;
  readonly print: LoginResult['print'];
  readonly skipLogout: boolean;
  readonly maskPassword: boolean;
  readonly httpProxy: string | undefined;
}

/** Passwords of ECR in the files where Docker, podman and their kind look for them. Nothing is written before all are there. */
export async function logIn(request: LoginRequest, world: Context): Promise<LoginResult> {
  const { httpProxy, maskPassword, print, skipLogout } = request;
  return withProxy({ httpProxy, noProxy: undefined, stsEndpoint: undefined }, world, async (proxied) => {
    const context = maskPassword ? proxied : { ...proxied, report: withoutMasks(proxied.report) };
    if (!maskPassword) {
      const text = 'The password is not masked: whoever reads a log that it stands in can pull for twelve hours.';
      say(
        context.report,
        'warning',
        text,
        'Let `lading rotate` keep it in a secret, for jobs that need it before they begin.',
      );
    }
    const logins = await askEcr(request, context);
    const written = print === undefined ? await writeAll(request, logins, context) : [];
    return { logins, written, print, skipLogout, unmasked: !maskPassword };
  });
}

/** Takes the logins out of the files again. */
export async function undoLogin(written: readonly WrittenLogins[], context: Context): Promise<void> {
  for (const one of written) await undoLogins(one, context);
}

async function askEcr(request: LoginRequest, context: Context): Promise<readonly LoggedIn[]> {
  const [first] = request.registries;
  const session = await openAws(context, {
    region: request.region ?? first?.region ?? (first?.isPublic ? 'us-east-1' : undefined),
  });
  const asked = new Map<string, Promise<EcrLogin>>();
  // A password is good for every account that the caller may use.
  const ask = ({ isPublic, region = session.region }: EcrRegistry) => {
    const key = isPublic ? 'public' : region;
    const known = asked.get(key) ?? readEcrLogin(session, context, isPublic ? { isPublic } : { region });
    asked.set(key, known);
    return known;
  };
  const logins = await Promise.all(
    request.registries.map(async (registry) => {
      const login = await ask(registry);
      const { region = session.region } = registry;
      const host = ecrHost(registry, { endpoint: login.endpoint, region });
      if (host === undefined) throw nameless();
      const { username, password } = login;
      return { registry: host, username, password, expiresAt: new Date(login.expiresAt).toISOString() };
    }),
  );
  return [...new Map(logins.map((login) => [login.registry, login])).values()];
}

async function writeAll(request: LoginRequest, logins: readonly LoggedIn[], context: Context) {
  const entries = logins.map(({ registry: host, username, password }) => ({ host, login: { username, password } }));
  const written: WrittenLogins[] = [];
  try {
    for (const file of await filesFor(request, logins, context))
      written.push(await writeLogins(file, entries, context));
  } catch (error) {
    await undoLogin(written, context);
    throw error;
  }
  return written;
}

/**
 * Docker's file, which podman, skopeo and buildah read too; the one that these are told to read instead; and their own
 * where it has an older login, which would win.
 */
async function filesFor({ authFile }: LoginRequest, logins: readonly LoggedIn[], { env }: Context) {
  if (authFile !== undefined) return [authFile];
  const others: string[] = env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : [];
  for (const file of podmanFiles(env)) {
    const has = await Promise.all(logins.map(({ registry }) => hasLogin(file, registry)));
    if (has.includes(true)) others.push(file);
  }
  return [...new Set([dockerFile(env), ...others])];
}

function withoutMasks(report: Context['report']): Context['report'] {
  return (event) => {
    if (event.type !== 'mask') report(event);
  };
}

function nameless(): LadingError {
  return new LadingError('remote', 'ecr GetAuthorizationToken names no registry', {
    code: 'UNEXPECTED_SHAPE',
    hint: 'Say which one is meant with --registry ACCOUNT.',
  });
}
