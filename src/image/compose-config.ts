import type { ImageConfig, RunConfig } from '../oci/config.js';
import type { RunSettings } from './builders/recipe.js';

/** What the user wants otherwise than the app's recipe says. */
export interface Overrides {
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly entrypoint: readonly string[] | undefined;
}

/** A layer as a config names it. */
export interface ConfigLayer {
  readonly kind: string;
  readonly diffId: string;
}

/** The config of the image over that of its base: the base's PATH stays, its program goes. */
export function composeConfig(
  base: ImageConfig,
  run: RunSettings,
  overrides: Overrides,
  layers: readonly ConfigLayer[],
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
