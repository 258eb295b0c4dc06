import { LadingError, messageOf } from '../../../base/errors.js';
import { buildahWatcher } from '../progress/buildah.js';
import { sharedArguments } from './arguments.js';
import type { Engine, EngineContext, EngineRequest, MissingEngine, Need } from './engine.js';
import { isAtLeast } from './engine.js';
import { runEngine } from './run-engine.js';

/** Builds without a daemon. */
export const buildah: Engine = {
  name: 'buildah',
  ignores: 'podman',
  async find(context) {
    const version = await readVersion('buildah', context);
    if (typeof version !== 'string') return version;
    return {
      title: `buildah ${version}`,
      lacks: (needs) => lackOf(version, needs, { least: [1, 24], cache: [1, 28] }),
      command: (request) => ({
        program: 'buildah',
        args: ['build', ...podmanArguments(request)],
        env: {},
        watcher: buildahWatcher(),
      }),
      async save({ request, id }, running) {
        await runEngine('buildah', ['push', '--quiet', id, `docker-archive:${request.archive}`], running);
      },
    };
  },
};

/** The version, or why there is none. */
export async function readVersion(program: string, context: EngineContext): Promise<string | MissingEngine> {
  const hint = `Install ${program}, or take another engine with --engine.`;
  try {
    const told = await runEngine(program, ['--version'], context);
    const version = /\d+\.\d+(\.\d+)?/.exec(told)?.[0];
    return version ?? { missing: `${program} does not tell its version`, hint };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof LadingError)) throw error;
    return { missing: error.code === 'TOOL_MISSING' ? `${program} is not installed` : messageOf(error), hint };
  }
}

type Versions = Readonly<Record<'least' | 'cache', readonly [number, number]>>;

export function lackOf(version: string, needs: readonly Need[], { least, cache }: Versions): string | undefined {
  if (!isAtLeast(version, least)) return `is too old: ${least.join('.')} is needed`;
  const wanted = needs.find((need) => need.startsWith('build-cache'));
  if (wanted !== undefined && !isAtLeast(version, cache)) return `knows no --${wanted}: ${cache.join('.')} does`;
  return undefined;
}

/** Its layers are the cache of the next build; Docker's form keeps what OCI's has no place for while it is built. */
export function podmanArguments(request: EngineRequest): readonly string[] {
  const { said, files } = request;
  return [
    ...['--layers', '--force-rm', '--format', 'docker', '--ignorefile', files.ignore],
    ...(said.buildCacheFrom ?? []).flatMap((place) => ['--cache-from', place]),
    ...(said.buildCacheTo ?? []).flatMap((place) => ['--cache-to', place]),
    ...sharedArguments(request),
  ];
}
