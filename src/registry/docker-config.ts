import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import type { Context } from '../base/context.js';
import { LadingError, messageOf } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import type { Keychain, Login } from './keychain.js';
import { dockerFile, podmanFiles } from './login/places.js';

const authFile = v.looseObject({
  auths: v.optional(
    v.record(v.string(), v.looseObject({ auth: v.optional(v.string()), identitytoken: v.optional(v.string()) })),
  ),
  credsStore: v.optional(v.string()),
  credHelpers: v.optional(v.record(v.string(), v.string())),
});
/** The name that stands beside an identity token. */
const TOKEN = '<token>';
type AuthFile = v.InferOutput<typeof authFile>;

const helperAnswer = v.looseObject({ Username: v.string(), Secret: v.string() });

type KeychainContext = Pick<Context, 'env' | 'exec' | 'signal' | 'report'>;

/**
 * Logins of `REGISTRY_AUTH_FILE`, `DOCKER_CONFIG`, `~/.docker/config.json` and podman's `auth.json`, with credential
 * helpers. The first file that knows the host wins.
 */
export function dockerKeychain(context: KeychainContext): Keychain {
  const files = new Map<string, Promise<AuthFile | undefined>>();
  return async (host) => {
    for (const file of candidates(context.env)) {
      if (!files.has(file)) files.set(file, readAuthFile(file));
      const found = await loginIn(await files.get(file), host, context);
      if (!found) continue;
      context.report({ type: 'mask', value: found.password });
      return found;
    }
    return undefined;
  };
}

/** Of podman and its kind, and Docker's own place. */
function candidates(env: Context['env']): readonly string[] {
  return env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : [dockerFile(env), ...podmanFiles(env)];
}

async function readAuthFile(file: string): Promise<AuthFile | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new LadingError('input', `cannot read ${file}: ${error.message}`, {
      code: 'AUTH_FILE_UNREADABLE',
      hint: 'Make it readable, or name another with REGISTRY_AUTH_FILE or DOCKER_CONFIG.',
      cause: error,
    });
  });
  if (text === undefined) return undefined;
  try {
    return parseJson(authFile, text, file);
  } catch (cause) {
    throw new LadingError('input', messageOf(cause), {
      code: 'AUTH_FILE_INVALID',
      hint: `Mend ${file}, or log in again.`,
      cause,
    });
  }
}

async function loginIn(file: AuthFile | undefined, host: string, context: KeychainContext): Promise<Login | undefined> {
  const login = file && (await readLogin(file, host, context));
  if (!login) return undefined;
  return {
    ...login,
    async isAlsoOf(other) {
      // A helper is asked only about what the file names: it may ask a person.
      if (!isNamed(file, other)) return false;
      const own = await readLogin(file, other, context);
      return own?.username === login.username && own.password === login.password;
    },
  };
}

function isNamed(file: AuthFile, host: string): boolean {
  return file.credHelpers?.[host] !== undefined || keysOf(host).some((key) => file.auths?.[key] !== undefined);
}

function keysOf(host: string): readonly string[] {
  return [
    host,
    `https://${host}`,
    `https://${host}/v1/`,
    ...(host === 'registry-1.docker.io' ? ['https://index.docker.io/v1/', 'docker.io'] : []),
  ];
}

async function readLogin(file: AuthFile, host: string, context: KeychainContext): Promise<Login | undefined> {
  const helper = file.credHelpers?.[host] ?? file.credsStore;
  if (helper) {
    const found = await askHelper(helper, host, context);
    if (found || file.credHelpers?.[host]) return found;
  }
  const keys = keysOf(host);
  const entries = Object.entries(file.auths ?? {});
  // podman also keys by namespace, as `quay.io/team`.
  const entry = entries.find(([key]) => keys.includes(key)) ?? entries.find(([key]) => key.startsWith(`${host}/`));
  const { auth, identitytoken } = entry?.[1] ?? {};
  if (identitytoken) return { username: TOKEN, password: identitytoken, isToken: true };
  if (!auth) return undefined;
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { username, password: rest.join(':') };
}

/** https://github.com/docker/docker-credential-helpers: errors come on stdout. */
async function askHelper(helper: string, host: string, context: KeychainContext): Promise<Login | undefined> {
  const server = host === 'registry-1.docker.io' ? 'https://index.docker.io/v1/' : host;
  const program = `docker-credential-${helper}`;
  const { code, stdout, stderr } = await context.exec(program, ['get'], { input: server, signal: context.signal });
  if (code !== 0) {
    if (/not found/i.test(stdout)) return undefined;
    throw new LadingError('tool', `${program} get for ${host}: ${(stdout || stderr).trim()}`, {
      code: 'HELPER_FAILED',
      hint: `Run \`docker login ${host}\` again, or take the helper out of the Docker configuration.`,
    });
  }
  const answer = parseJson(helperAnswer, stdout, `answer of ${program}`);
  return { username: answer.Username, password: answer.Secret, ...(answer.Username === TOKEN && { isToken: true }) };
}
