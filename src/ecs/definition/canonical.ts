import { canonicalJson } from '../../base/json.js';
import type { ContainerDefinition, TaskDefinition } from '../shapes.js';
import { registrable } from './read.js';

/** Tags that lading puts on: who deploys the same again does not make a new revision. */
export const OWN_TAG = 'lading:';

/** One text for all spellings of one definition: order, sizes, defaults that ECS fills in, and our own tags make no difference. */
export function canonicalDefinition(definition: TaskDefinition): string {
  const plain = registrable(definition);
  const networkMode = plain.networkMode;
  const cleaned = clean(plain) as Map;
  cleaned.cpu = size(plain.cpu, 1024);
  cleaned.memory = size(plain.memory, 1024);
  cleaned.containerDefinitions = sortBy(
    definition.containerDefinitions.map((container) => canonicalContainer(container, networkMode === 'awsvpc')),
    'name',
  );
  cleaned.tags = sortBy(
    ((plain.tags as { key: string }[] | undefined) ?? []).filter((tag) => !tag.key.startsWith(OWN_TAG)),
    'key',
  );
  if (Array.isArray(cleaned.volumes))
    cleaned.volumes = sortByText((cleaned.volumes as Map[]).map((volume) => withoutDefaults(volume, VOLUME)));
  if (Array.isArray(cleaned.placementConstraints))
    cleaned.placementConstraints = sortByText(cleaned.placementConstraints as unknown[]);
  if (!networkMode || networkMode === 'bridge') delete cleaned.networkMode;
  if (cleaned.enableFaultInjection === false) delete cleaned.enableFaultInjection;
  if (Array.isArray(cleaned.requiresCompatibilities))
    cleaned.requiresCompatibilities = [...(cleaned.requiresCompatibilities as string[])].sort();
  return canonicalJson(clean(cleaned));
}

type Map = Record<string, unknown>;

/**
 * What ECS fills in when it describes a definition. Seen on it, or documented as the default of the field:
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
const CONTAINER = {
  cpu: 0,
  essential: true,
  versionConsistency: 'enabled',
  healthCheck: { interval: 30, timeout: 5, retries: 3, startPeriod: 0 },
  restartPolicy: { enabled: false },
} as const;
const VOLUME = {
  efsVolumeConfiguration: {
    rootDirectory: '/',
    transitEncryption: 'DISABLED',
    authorizationConfig: { iam: 'DISABLED' },
  },
  configuredAtLaunch: false,
} as const;

function canonicalContainer(container: ContainerDefinition, awsvpc: boolean): Map {
  const plain = withoutDefaults(clean(container) as Map, CONTAINER);
  for (const name of ['environment', 'secrets'])
    if (Array.isArray(plain[name])) plain[name] = sortBy(plain[name] as { name: string }[], 'name');
  for (const name of ['mountPoints', 'volumesFrom'])
    if (Array.isArray(plain[name]))
      plain[name] = sortByText((plain[name] as Map[]).map((mount) => withoutDefaults(mount, { readOnly: false })));
  if (Array.isArray(plain.portMappings)) {
    const mappings = (plain.portMappings as Map[]).map(({ hostPort, ...mapping }) => ({
      ...mapping,
      protocol: mapping.protocol ?? 'tcp',
      // 0 asks for any port, as leaving it out does.
      ...(awsvpc ? { hostPort: mapping.containerPort } : hostPort !== undefined && hostPort !== 0 ? { hostPort } : {}),
    }));
    plain.portMappings = sortByText(mappings);
  }
  return plain;
}

/** A value that ECS would fill in says nothing. */
function withoutDefaults(value: Map, defaults: Readonly<Map>): Map {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]): [string, unknown][] => {
      const usual = defaults[key];
      if (usual === undefined) return [[key, entry]];
      if (typeof usual !== 'object' || usual === null) return entry === usual ? [] : [[key, entry]];
      if (typeof entry !== 'object' || entry === null) return [[key, entry]];
      const left = withoutDefaults(entry as Map, usual as Map);
      return Object.keys(left).length === 0 ? [] : [[key, left]];
    }),
  );
}

/** Without nulls and without empty lists and maps: for ECS they are absent. Empty texts are values. */
function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(clean);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, entry]) => {
      const inner = clean(entry);
      const empty =
        inner === null || inner === undefined || (typeof inner === 'object' && Object.keys(inner).length === 0);
      return empty ? [] : [[key, inner]];
    }),
  );
}

/** `0.25 vCPU`, `1 GB`, `256`, 256 → units as ECS stores them. */
function size(value: unknown, perUnit: number): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const match = /^([\d.]+)\s*(vcpu|gb)?$/i.exec(String(value).trim());
  return match ? String(Math.round(Number(match[1]) * (match[2] ? perUnit : 1))) : String(value);
}

function sortBy<Item extends object>(items: readonly Item[], key: keyof Item): Item[] {
  return [...items].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1));
}

function sortByText(items: readonly unknown[]): unknown[] {
  return [...items].sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}
