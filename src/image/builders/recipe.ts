import type { ImageConfig, RunConfig } from '../../oci/config.js';
import type { Descriptor } from '../../oci/manifest.js';
import type { LayerPlan } from '../layer/entry.js';

/** What an image will be made of, before anything is read: the plan of a build, as data. */
export interface Recipe {
  readonly kind: 'next' | 'node';
  readonly layers: readonly LayerPlan[];
  readonly run: RunSettings;
  /** What the user should know, as files that were left out. */
  readonly notes: readonly string[];
}

export interface RunSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  readonly entrypoint: readonly string[];
  /** `uid:gid`: a number needs no user in the base image. */
  readonly user: string;
  readonly port: number | undefined;
  readonly stopSignal: string;
}

export interface Overrides {
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
}

export interface MadeLayer {
  readonly kind: string;
  readonly diffId: string;
  readonly descriptor: Descriptor;
}

/** The config of the image over that of its base: the base's PATH stays, its program goes. */
export function composeConfig(
  base: ImageConfig,
  run: RunSettings,
  overrides: Overrides,
  layers: readonly Pick<MadeLayer, 'kind' | 'diffId'>[],
  created: string,
): ImageConfig {
  const inherited = { ...(base.config ?? {}) } as Record<string, unknown>;
  for (const name of ['Image', 'Hostname', 'Healthcheck', 'Cmd', 'Entrypoint', 'OnBuild']) delete inherited[name];
  const labels = { ...(base.config?.Labels ?? {}), ...overrides.labels };
  const config: RunConfig = {
    ...inherited,
    Env: mergeEnv(base.config?.Env ?? [], { ...run.env, ...overrides.env }),
    Entrypoint: [...(overrides.entrypoint ?? run.entrypoint)],
    WorkingDir: run.workingDirectory,
    User: overrides.user ?? run.user,
    StopSignal: run.stopSignal,
    ...(run.port !== undefined && { ExposedPorts: { ...(base.config?.ExposedPorts ?? {}), [`${run.port}/tcp`]: {} } }),
    ...(Object.keys(labels).length > 0 && { Labels: labels }),
  };
  return {
    architecture: base.architecture,
    os: base.os,
    ...(base.variant !== undefined && { variant: base.variant }),
    created,
    config,
    rootfs: { type: 'layers', diff_ids: [...base.rootfs.diff_ids, ...layers.map((layer) => layer.diffId)] },
    history: [
      ...(base.history ?? []),
      ...layers.map((layer) => ({ created, created_by: `lading build: ${layer.kind}` })),
    ],
  };
}

function mergeEnv(base: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const merged = new Map(base.map((pair) => [pair.split('=', 1)[0] ?? '', pair]));
  for (const [name, value] of Object.entries(added)) merged.set(name, `${name}=${value}`);
  return [...merged.values()];
}
