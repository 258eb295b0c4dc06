import { buildkitWatcher } from '../progress/buildkit.js';
import { sharedArguments } from './arguments.js';
import { forgetTag, foundBuildx, readStore, saveFromDocker } from './buildx.js';
import type { Engine, FoundEngine } from './engine.js';
import { isAtLeast } from './engine.js';
import { readDocker } from './read-docker.js';
import { runEngine } from './run-engine.js';

/** From here on the `docker` command leaves BuildKit to its plugin buildx. */
const NEEDS_PLUGIN = [23, 0] as const;

/** The BuildKit of the Docker Engine itself, whatever builder the user works with. */
export const docker: Engine = {
  name: 'docker',
  ignores: 'docker',
  async find(context) {
    const parts = await readDocker(context);
    if (parts.missing !== undefined) return parts;
    const { client, server, buildx } = parts;
    if (!isAtLeast(client, NEEDS_PLUGIN)) return foundIntegrated(client, server);
    if (buildx === undefined) {
      return {
        missing: `docker ${client} has no BuildKit without its plugin buildx`,
        hint: 'Install the buildx plugin of Docker, or take another engine with --engine.',
      };
    }
    // The builder of the engine that a context leads to is called like the context.
    const named = runEngine('docker', ['context', 'show'], context).catch(() => '');
    const [name, store] = await Promise.all([named, readStore(context)]);
    const builder = name.trim() || 'default';
    return foundBuildx({ version: buildx, driver: 'docker', ownStore: store === 'graph', builder });
  },
};

function foundIntegrated(client: string, server: string): FoundEngine {
  return {
    title: `docker ${server}`,
    lacks(needs) {
      if (!isAtLeast(client, [20, 10]) || !isAtLeast(server, [20, 10])) return 'is too old: 20.10 is needed';
      return needs.includes('build-cache-to') ? 'knows no --build-cache-to: it needs the plugin buildx' : undefined;
    },
    command: (request) => ({
      program: 'docker',
      args: [
        'build',
        '--progress=plain',
        ...['--tag', request.tag],
        ...(request.said.buildCacheFrom ?? []).flatMap((place) => ['--cache-from', place]),
        ...sharedArguments(request),
      ],
      env: { DOCKER_BUILDKIT: '1' },
      watcher: buildkitWatcher(),
    }),
    save: ({ request }, context) => saveFromDocker(request, context),
    cleanUp: (request, context) => forgetTag(request, context),
  };
}
