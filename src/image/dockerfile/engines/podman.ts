import { buildahWatcher } from '../progress/buildah.js';
import { lackOf, podmanArguments, readVersion } from './buildah.js';
import type { Engine } from './engine.js';
import { runEngine } from './run-engine.js';

/** Builds as buildah does, here or in its virtual machine. */
export const podman: Engine = {
  name: 'podman',
  ignores: 'podman',
  async find(context) {
    const version = await readVersion('podman', context);
    if (typeof version !== 'string') return version;
    return {
      title: `podman ${version}`,
      lacks: (needs) => lackOf(version, needs, { least: [4, 0], cache: [4, 3] }),
      command: (request) => ({
        program: 'podman',
        args: ['build', ...podmanArguments(request)],
        env: {},
        watcher: buildahWatcher(),
      }),
      async save({ request, id }, running) {
        await runEngine(
          'podman',
          ['save', '--quiet', '--format', 'docker-archive', '--output', request.archive, id],
          running,
        );
      },
    };
  },
};
