import type { Context } from '../../base/context.js';
import { HttpError, LadingError, messageOf } from '../../base/errors.js';
import { isLoopback } from '../../base/http/http.js';
import { say } from '../../base/tell/report.js';
import { formatImage, type ImageName } from './choice.js';
import type { RegistryLogin } from './login.js';

/** What the role of the password needs on a repository, for the password carries the role's own rights. */
export const pullActions = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:GetDownloadUrlForLayer',
] as const;

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

type Asking = Pick<Context, 'http' | 'report' | 'signal'>;

/** A password that its registry refuses must not replace one that may still work. False where nothing answers. */
export async function tryLogin(context: Asking, login: RegistryLogin): Promise<boolean> {
  const answer = await ask(context, login, '/v2/');
  if (answer?.status === 401 || answer?.status === 403) throw refused(login, answer.status);
  return answer !== undefined;
}

/** Nor may one that opens the registry and not the image. An image that is not there says nothing of the password. */
export async function tryPull(context: Asking, login: RegistryLogin, image: ImageName): Promise<void> {
  const { repository, reference } = image;
  const answer = await ask(context, login, `/v2/${repository}/manifests/${reference}`);
  if (answer === undefined || answer.status < 400) return;
  const name = `${login.registry}/${formatImage(image)}`;
  if (answer.status === 401) throw refused(login, answer.status);
  const said = answer.words === undefined ? '' : `: ${answer.words}`;
  if (answer.status !== 403) {
    say(context.report, 'warning', `pull ${name} on trial: the registry answered ${answer.status}${said}`);
    return;
  }
  throw new LadingError('credentials', `pull ${name} with the new password: the registry answered 403${said}`, {
    code: 'CANNOT_PULL',
    hint: `Allow the role ${pullActions.join(', ')} on the repository ${repository}: the password carries the role's rights.`,
  });
}

interface Said {
  readonly status: number;
  readonly words: string | undefined;
}

/** Undefined where there is no answer: who may call ECR's API need not reach the registry. */
async function ask(context: Asking, login: RegistryLogin, path: string): Promise<Said | undefined> {
  const { registry, username, password } = login;
  const scheme = isLoopback(new URL(`http://${registry}`).hostname) ? 'http' : 'https';
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  context.report({ type: 'mask', value: basic });
  try {
    const response = await context.http(`${scheme}://${registry}${path}`, {
      headers: { authorization: `Basic ${basic}`, accept: manifestTypes, 'user-agent': 'lading' },
      signal: context.signal,
      idleTimeoutMs: 10_000,
    });
    return { status: response.status, words: wordsOf(await response.text()) };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    say(context.report, 'warning', `${registry} cannot be reached, so its password was not tried: ${messageOf(error)}`);
    return undefined;
  }
}

/** The registry's own words; undefined when it has none in the form of the protocol. */
function wordsOf(text: string): string | undefined {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly { message?: unknown }[] };
    const message = errors?.[0]?.message;
    return typeof message === 'string' ? message.replace(/\s+/g, ' ').slice(0, 500) : undefined;
  } catch {
    return undefined;
  }
}

function refused({ registry }: RegistryLogin, status: number): LadingError {
  return new LadingError('credentials', `${registry} answers ${status} to the password that ECR gave for it`, {
    code: 'PASSWORD_REFUSED',
    hint: 'Check account and region of --registry, and any proxy or policy of a VPC endpoint in between.',
  });
}
