import type { Context } from '../base/context.js';
import { isEcrHost } from '../aws/ecr.js';
import { removeLogins } from '../registry/login/auth-file.js';
import { dockerFile, podmanFiles } from '../registry/login/places.js';

export interface LogoutResult {
  readonly removed: readonly { readonly file: string; readonly registry: string }[];
}

/** Takes logins of ECR out of every file that has one: of these hosts, or of all. */
export async function logOut(
  request: { readonly hosts: readonly string[] | undefined; readonly authFile: string | undefined },
  context: Context,
): Promise<LogoutResult> {
  const { env } = context;
  const { hosts, authFile } = request;
  const named = env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : [];
  const files = authFile === undefined ? [...new Set([dockerFile(env), ...named, ...podmanFiles(env)])] : [authFile];
  const isAsked = (host: string) => (hosts ? hosts.includes(host) : isEcrHost(host, env));
  const removed: { file: string; registry: string }[] = [];
  for (const file of files) {
    for (const registry of await removeLogins(file, isAsked, context)) removed.push({ file, registry });
  }
  return { removed };
}
