import { join } from 'node:path';
import type { Environment } from '../../base/context.js';

/** Docker's configuration. https://docs.docker.com/reference/cli/docker/#change-the-docker-directory */
export function dockerFile(env: Environment): string {
  return join(env.DOCKER_CONFIG || join(env.HOME || env.USERPROFILE || '', '.docker'), 'config.json');
}

/** https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md, without the one that is named. */
export function podmanFiles(env: Environment): readonly string[] {
  const home = env.HOME || env.USERPROFILE || '';
  return [
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'containers/auth.json')] : []),
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers/auth.json'),
  ];
}
