import type { ActionRelease } from '../../base/declare/action-release.js';
import { actionRelease } from '../../base/declare/action-release.js';
import { messageOf } from '../../base/errors.js';
import { parseReference } from '../../oci/reference.js';
import { parsePlatform } from '../../oci/platform.js';
import { isBranch } from './look/repository.js';
import type { SettingKey } from './settings.js';

/** What is wrong with a value of a key; undefined when nothing is. Lists are checked text by text. */
export function mistakeIn(key: SettingKey, text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text)) return 'may hold no line break and no control character';
  if (text.includes('${{')) return 'may hold no expression of GitHub';
  switch (key) {
    case 'region':
      return /^[a-z]{2}[a-z0-9-]{1,40}$/.test(text) ? undefined : `${quote(text)} is no AWS region, as eu-central-1`;
    case 'push.to':
      return attempt(() => {
        if (parseReference(text).digest !== undefined) throw new Error('may name no digest: it is where images go to');
      });
    case 'build.platform':
      return attempt(() => parsePlatform(text));
    case 'deploy.cluster':
    case 'deploy.service':
    case 'deploy.container':
      return isEcsName(text) ? undefined : `${quote(text)} is no name of ECS: letters, digits, - and _, or an ARN`;
    case 'deploy.env':
      return /^[A-Za-z0-9_-]{1,255}:[^=]+=/.test(text) ? undefined : 'is no CONTAINER:NAME=VALUE';
    case 'build.secret':
      return isSecret(text) ? undefined : 'is no id=ID,env=NAME or id=ID,src=FILE';
    case 'deploy.wait':
      return ['deployed', 'stable', 'drained', 'none'].includes(text) ? undefined : 'is nothing that is waited for';
    case 'deploy.timeout':
      return /^\d+(?:s|m|h)$/.test(text) ? undefined : 'is no duration, as 15m';
    default:
      return undefined;
  }
}

/** As `build.secret` takes it. */
function isSecret(text: string): boolean {
  const said = new Map(text.split(',').map((part) => [part.split('=')[0] ?? '', part.slice(part.indexOf('=') + 1)]));
  const [id = '', name, file] = [said.get('id'), said.get('env'), said.get('src') ?? said.get('source')];
  const isKnown = [...said].every(
    ([key, value]) => ['id', 'env', 'src', 'source', 'type'].includes(key) && value !== '',
  );
  return (
    isKnown &&
    /^[\w.-]+$/.test(id) &&
    (name === undefined || file === undefined) &&
    /^[A-Za-z_][\w-]*$/.test(name ?? 'x')
  );
}

function isEcsName(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,255}$/.test(text) || /^arn:[\w-]+:ecs:[a-z0-9-]+:\d{12}:[\w/-]+$/.test(text);
}

const roleArn = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** What is wrong with the ARN of a role; undefined when nothing is. */
export function mistakeInRole(text: string): string | undefined {
  if (roleArn.test(text)) return undefined;
  if (text.includes(':oidc-provider/'))
    return 'is the ARN of the identity provider: what is needed is that of the role which trusts it';
  if (text.includes(':assumed-role/')) return 'is the ARN of a session: what is needed is that of its role';
  return `${quote(text)} is no ARN of an IAM role`;
}

export function mistakeInBranch(text: string): string | undefined {
  return isBranch(text) ? undefined : `${quote(text)} is no name of a branch`;
}

/** https://docs.github.com/actions/reference/environments: any text, of which ours goes into YAML and into a trust. */
export function mistakeInEnvironment(text: string): string | undefined {
  if (text.length > 255 || text === '') return 'has 1 to 255 characters';
  return /[\u0000-\u001f\u007f-\u009f]|\$\{\{/.test(text)
    ? 'may hold neither an expression nor a line break'
    : undefined;
}

/** `OWNER/REPO@REF` of lading's own actions; undefined when nobody has said where they are released. */
export function parseAction(text: string | undefined): ActionRelease | { readonly mistake: string } | undefined {
  const { repository, version } = actionRelease;
  const [, found, ref = ''] = /^([\w.-]+\/[\w.-]+)@([\w./-]+)$/.exec(text ?? `${repository}@${version}`) ?? [];
  if (found === undefined) return { mistake: `${quote(text ?? '')} is no OWNER/REPO@REF` };
  // `OWNER` is somebody's account: what is released there would get the roles.
  if (found.startsWith('OWNER/')) return text === undefined ? undefined : { mistake: 'OWNER stands for an account' };
  return { repository: found, version: ref };
}

function attempt(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error).replace(/^image: /, '');
  }
}

function quote(text: string): string {
  return JSON.stringify(text);
}
