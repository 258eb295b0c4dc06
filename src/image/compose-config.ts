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

/** What an engine writes of its own doings: another with each build, and of no use to who runs the image. */
const DOINGS = ['container', 'container_config', 'docker_version', 'id', 'parent'];
const RUN_DOINGS = [
  ...[
    'Hostname',
    'Domainname',
    'Image',
    'AttachStdin',
    'AttachStdout',
    'AttachStderr',
    'Tty',
    'OpenStdin',
    'StdinOnce',
  ],
];

/** The config of an image that another program made, with what the user wants otherwise. Its history stays. */
export function adoptConfig(image: ImageConfig, overrides: Overrides, createdAt: number): ImageConfig {
  const run = withoutEmpty(image.config ?? {}, RUN_DOINGS);
  const labels = { ...(image.config?.Labels ?? {}), ...overrides.labels };
  const config: RunConfig = {
    ...run,
    ...(Object.keys(overrides.env).length > 0 && { Env: mergeEnv(image.config?.Env ?? [], overrides.env) }),
    ...(overrides.user !== undefined && { User: overrides.user }),
    // Arguments for one program are none for another.
    ...(overrides.entrypoint && { Entrypoint: [...overrides.entrypoint], Cmd: undefined }),
    ...(Object.keys(labels).length > 0 && { Labels: labels }),
  };
  const kept = { ...(withoutEmpty(image, DOINGS) as unknown as ImageConfig), config };
  if (createdAt === 0) return kept;
  const created = new Date(createdAt * 1000).toISOString().replace('.000Z', 'Z');
  // What lies before it, as the steps of a base image, keeps its time.
  const atMost = (time: unknown) => (typeof time === 'string' && Date.parse(time) < createdAt * 1000 ? time : created);
  const history = image.history?.map((step) => ({ ...step, created: atMost(step.created) }));
  return { ...kept, created, ...(history && { history }) };
}

/** Fields that say nothing differ from engine to engine. */
function withoutEmpty(fields: Readonly<Record<string, unknown>>, without: readonly string[]): Record<string, unknown> {
  const says = (value: unknown) =>
    value !== null && value !== '' && (typeof value !== 'object' || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(fields).filter(([name, value]) => !without.includes(name) && says(value)));
}

function mergeEnv(base: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const merged = new Map(base.map((pair) => [pair.split('=', 1)[0] ?? '', pair]));
  for (const [name, value] of Object.entries(added)) merged.set(name, `${name}=${value}`);
  return [...merged.values()];
}
