import { buildkitWatcher } from '../progress/buildkit.js';
import { sharedArguments } from './arguments.js';
import type { Engine, EngineContext, EngineRequest, FoundEngine, MissingEngine } from './engine.js';
import { isAtLeast } from './engine.js';
import { readDocker } from './read-docker.js';
import { runEngine, tryEngine } from './run-engine.js';

/** `docker buildx` with the builder that the user works with, whatever its driver. */
export const buildx: Engine = {
  name: 'buildx',
  ignores: 'docker',
  async find(context) {
    // Side by side: each is a program that has to start.
    const asked = [readDocker(context), readDriver(context), readStore(context)] as const;
    const [parts, driver, store] = await Promise.all(asked);
    if (parts.missing !== undefined) return parts;
    if (parts.buildx === undefined) return noBuildx;
    const ownStore = driver === 'docker' && store === 'graph';
    return foundBuildx({ version: parts.buildx, driver, ownStore, builder: undefined });
  },
};

async function readDriver(context: EngineContext): Promise<string> {
  const told = await runEngine('docker', ['buildx', 'inspect'], context).catch(() => '');
  return /^Driver:\s*(\S+)/m.exec(told)?.[1] ?? 'docker';
}

const noBuildx: MissingEngine = {
  missing: 'docker has no buildx',
  hint: 'Install the buildx plugin of Docker, or take another engine with --engine.',
};

/** Whether the engine keeps images as layers that can be given away, or in the form of its own disk. */
export async function readStore(context: EngineContext): Promise<'graph' | 'layers'> {
  const told = await runEngine('docker', ['info', '--format', '{{json .DriverStatus}}'], context).catch(() => '');
  return told.includes('io.containerd.snapshotter') ? 'layers' : 'graph';
}

export interface BuildxParts {
  readonly version: string;
  readonly driver: string;
  /** Images are saved by the engine: its builder has no way to give them. */
  readonly ownStore: boolean;
  readonly builder: string | undefined;
}

export function foundBuildx({ version, driver, ownStore, builder }: BuildxParts): FoundEngine {
  return {
    title: `buildx ${version} (driver ${driver})`,
    lacks(needs) {
      if (!isAtLeast(version, [0, 6])) return 'is too old: buildx 0.6 is needed';
      if (ownStore && needs.includes('build-cache-to'))
        return 'keeps its cache in the engine: for --build-cache-to make a builder with `docker buildx create --use`';
      return undefined;
    },
    command: (request) => ({
      program: 'docker',
      args: [
        'buildx',
        'build',
        ...(builder === undefined ? [] : ['--builder', builder]),
        '--progress=plain',
        // They would make an index of one image, with the build's arguments in it.
        ...(isAtLeast(version, [0, 10]) ? ['--provenance=false', '--sbom=false'] : []),
        ...outputArguments(request, ownStore),
        ...cacheArguments(request),
        ...sharedArguments(request),
      ],
      env: {},
      watcher: buildkitWatcher(),
    }),
    ...(ownStore && {
      save: ({ request }, context) => saveFromDocker(request, context),
      cleanUp: (request, context) => forgetTag(request, context),
    }),
  };
}

/** A builder that can gives the layers as they are: compressed here, they are so only when the target lacks them. */
function outputArguments({ tag, archive }: EngineRequest, ownStore: boolean): readonly string[] {
  if (ownStore) return ['--load', '--tag', tag];
  // Its value is a line of CSV.
  const place = /[",]/.test(archive) ? `"dest=${archive.replaceAll('"', '""')}"` : `dest=${archive}`;
  return ['--output', `type=oci,${place},compression=uncompressed,force-compression=true`];
}

/** A bare repository is one for BuildKit's whole cache, in the form that ECR takes. */
function cacheArguments({ said }: EngineRequest): readonly string[] {
  const from = (said.buildCacheFrom ?? []).map((place) => typed(place, ''));
  const to = (said.buildCacheTo ?? []).map((place) =>
    typed(place, ',mode=max,image-manifest=true,oci-mediatypes=true'),
  );
  return [...from.flatMap((place) => ['--cache-from', place]), ...to.flatMap((place) => ['--cache-to', place])];
}

function typed(place: string, more: string): string {
  return place.includes('type=') ? place : `type=registry,ref=${place}${more}`;
}

export async function saveFromDocker({ tag, archive }: EngineRequest, context: EngineContext): Promise<void> {
  await runEngine('docker', ['save', '--output', archive, tag], context);
}

/** Only our name of the image goes, and the image when it has no other. BuildKit's cache stays. */
export async function forgetTag({ tag }: EngineRequest, context: EngineContext): Promise<void> {
  await tryEngine('docker', ['image', 'rm', tag], context);
}
