import type { Environment } from '../base/context.js';
import { LadingError, messageOf } from '../base/errors.js';
import { login } from '../commands/login.js';
import { verb } from './library.js';
import { version } from './process/version.js';

export interface HelperWorld {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly env: Environment;
  readonly cwd: string;
  readonly signal: AbortSignal;
}

export interface HelperAnswer {
  readonly code: number;
  /** On stdout, errors too. */
  readonly text: string;
}

/** The words by which Docker and podman know that a helper has nothing for a host. */
const NOT_FOUND = 'credentials not found in native keychain';

/** Longer than any request: a server's address, or a login. */
const MOST = 1 << 16;

const call = verb(async () => login);

/**
 * One request of Docker's protocol for credential helpers. It keeps nothing: who asks for an ECR host gets a password of
 * ECR, by the credentials of the environment and `role` of `lading.yml`.
 * https://github.com/docker/docker-credential-helpers#development
 */
export async function answerHelper(action: string | undefined, world: HelperWorld): Promise<HelperAnswer> {
  switch (action) {
    case 'get':
      return get((await read(world.stdin)).trim(), world);
    case 'erase':
      await read(world.stdin);
      return { code: 0, text: '' };
    case 'list':
      return { code: 0, text: '{}\n' };
    case 'store':
      await read(world.stdin);
      return { code: 1, text: 'docker-credential-lading keeps no passwords: it asks ECR for them\n' };
    case 'version':
    case '--version':
      return { code: 0, text: `docker-credential-lading ${version}\n` };
    default:
      return { code: 1, text: 'Usage: docker-credential-lading get|store|erase|list|version\n' };
  }
}

async function get(address: string, { env, cwd, signal }: HelperWorld): Promise<HelperAnswer> {
  const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/s, '');
  try {
    const { logins } = await call({ registry: [host], print: 'helper' }, { env, cwd, signal });
    const [found] = logins;
    if (!found) return { code: 1, text: `${NOT_FOUND}\n` };
    const answer = { ServerURL: address, Username: found.username, Secret: found.password };
    return { code: 0, text: `${JSON.stringify(answer)}\n` };
  } catch (error) {
    if (error instanceof LadingError && error.code === 'NOT_ECR') return { code: 1, text: `${NOT_FOUND}\n` };
    const hint = error instanceof LadingError && error.hint ? ` (${error.hint})` : '';
    return { code: 1, text: `lading: ${messageOf(error)}${hint}\n` };
  }
}

async function read(stdin: HelperWorld['stdin']): Promise<string> {
  let text = '';
  for await (const piece of stdin) {
    text += piece.toString();
    if (text.length > MOST) return '';
  }
  return text;
}
