import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { TaskDefinition } from '../shapes.js';

const text = v.nullish(v.string());
const count = v.nullish(v.number());
const reference = v.looseObject({ name: v.optional(v.string(), ''), valueFrom: v.optional(v.string(), '') });

const container = v.looseObject({
  name: v.string(),
  image: v.optional(v.string(), ''),
  essential: v.nullish(v.boolean()),
  portMappings: v.nullish(v.array(v.looseObject({ containerPort: count, hostPort: count, containerPortRange: text }))),
  environment: v.nullish(
    v.array(v.looseObject({ name: v.optional(v.string(), ''), value: v.optional(v.string(), '') })),
  ),
  environmentFiles: v.nullish(v.array(v.looseObject({ value: v.optional(v.string(), '') }))),
  secrets: v.nullish(v.array(reference)),
  healthCheck: v.nullish(
    v.looseObject({
      command: v.optional(v.array(v.string()), []),
      interval: count,
      timeout: count,
      retries: count,
      startPeriod: count,
    }),
  ),
  logConfiguration: v.nullish(
    v.looseObject({
      logDriver: v.string(),
      options: v.nullish(v.record(v.string(), v.string())),
      secretOptions: v.nullish(v.array(reference)),
    }),
  ),
  repositoryCredentials: v.nullish(v.looseObject({ credentialsParameter: v.optional(v.string(), '') })),
  stopTimeout: count,
  command: v.nullish(v.array(v.string())),
});

const shape = v.looseObject({
  networkMode: text,
  cpu: v.nullish(v.union([v.string(), v.number()])),
  memory: v.nullish(v.union([v.string(), v.number()])),
  executionRoleArn: text,
  taskRoleArn: text,
  requiresCompatibilities: v.nullish(v.array(v.string())),
  runtimePlatform: v.nullish(v.looseObject({ cpuArchitecture: text, operatingSystemFamily: text })),
  containerDefinitions: v.array(container),
});

export interface SecretReference {
  readonly name: string;
  /** ARN, or the name of a parameter. */
  readonly valueFrom: string;
}

export interface ContainerSettings {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly ports: readonly { readonly container: number; readonly host: number | undefined }[];
  readonly environment: ReadonlyMap<string, string>;
  /** True when variables come from files, too: they may name any. */
  readonly hasEnvironmentFiles: boolean;
  /** Of the environment, of the log driver, of a registry. */
  readonly secrets: readonly SecretReference[];
  /** Seconds; undefined when there is none. */
  readonly healthCheck:
    | {
        readonly command: readonly string[];
        readonly interval: number;
        readonly retries: number;
        readonly startPeriod: number;
      }
    | undefined;
  readonly log: { readonly driver: string; readonly options: Readonly<Record<string, string>> } | undefined;
  /** Its registry is logged in to by a secret of its own. */
  readonly hasRegistryLogin: boolean;
  /** Empty: what the image says. */
  readonly command: readonly string[];
  readonly stopSeconds: number;
}

/** What a task definition says, with ECS's defaults. */
export interface TaskSettings {
  readonly networkMode: 'awsvpc' | 'bridge' | 'host' | 'none' | 'default';
  readonly executionRole: string | undefined;
  readonly taskRole: string | undefined;
  /** Undefined when it is left to the instance. */
  readonly architecture: 'amd64' | 'arm64' | undefined;
  readonly os: 'linux' | 'windows';
  readonly containers: readonly ContainerSettings[];
}

const ARCHITECTURES: Readonly<Record<string, 'amd64' | 'arm64'>> = { X86_64: 'amd64', ARM64: 'arm64' };

/** On Fargate an architecture that is not named is X86_64. */
export function readTaskSettings(definition: TaskDefinition, options: { readonly fargate: boolean }): TaskSettings {
  const told = parseShape(shape, definition, `the task definition ${definition.family}`);
  const { cpuArchitecture, operatingSystemFamily } = told.runtimePlatform ?? {};
  return {
    networkMode: networkModeOf(told.networkMode),
    executionRole: told.executionRoleArn || undefined,
    taskRole: told.taskRoleArn || undefined,
    architecture: ARCHITECTURES[cpuArchitecture ?? ''] ?? (options.fargate ? 'amd64' : undefined),
    os: operatingSystemFamily?.startsWith('WINDOWS') ? 'windows' : 'linux',
    containers: told.containerDefinitions.map(containerSettings),
  };
}

function networkModeOf(text: string | null | undefined): TaskSettings['networkMode'] {
  return text === 'awsvpc' || text === 'host' || text === 'none' || text === 'default' ? text : 'bridge';
}

function containerSettings(told: v.InferOutput<typeof container>): ContainerSettings {
  const log = told.logConfiguration;
  const login = told.repositoryCredentials?.credentialsParameter;
  return {
    name: told.name,
    image: told.image,
    essential: told.essential ?? true,
    ports: (told.portMappings ?? []).flatMap(({ containerPort, hostPort }) =>
      containerPort == null ? [] : [{ container: containerPort, host: hostPort ?? undefined }],
    ),
    environment: new Map((told.environment ?? []).map(({ name, value }) => [name, value])),
    hasEnvironmentFiles: (told.environmentFiles ?? []).length > 0,
    secrets: [
      ...(told.secrets ?? []),
      ...(log?.secretOptions ?? []),
      ...(login ? [{ name: 'the login of its registry', valueFrom: login }] : []),
    ],
    healthCheck:
      told.healthCheck && told.healthCheck.command[0] !== 'NONE'
        ? {
            command: told.healthCheck.command,
            interval: told.healthCheck.interval ?? 30,
            retries: told.healthCheck.retries ?? 3,
            startPeriod: told.healthCheck.startPeriod ?? 0,
          }
        : undefined,
    log: log ? { driver: log.logDriver, options: log.options ?? {} } : undefined,
    hasRegistryLogin: Boolean(login),
    command: told.command ?? [],
    stopSeconds: told.stopTimeout ?? 30,
  };
}
