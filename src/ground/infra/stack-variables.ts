import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import { parseReference } from '../../oci/reference.js';
import type { Variables } from '../../terraform/variables.js';

/** What the stacks are told, as inputs. */
export interface StackValues {
  readonly name?: string | undefined;
  /** Of `deploy.service`. */
  readonly service?: string | undefined;
  /** Of `push.to`. */
  readonly to?: string | undefined;
  readonly region?: string | undefined;
  readonly repository?: string | undefined;
  readonly container?: string | undefined;
  readonly port?: number | undefined;
  readonly healthPath?: string | undefined;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly architecture?: 'X86_64' | 'ARM64' | undefined;
  readonly minTasks?: number | undefined;
  readonly maxTasks?: number | undefined;
  readonly vpc?: string | undefined;
  readonly subnet?: readonly string[] | undefined;
  readonly privateSubnet?: readonly string[] | undefined;
  readonly certificate?: string | undefined;
  readonly variable?: Readonly<Record<string, string>> | undefined;
  readonly secret?: Readonly<Record<string, string>> | undefined;
  readonly permissionsBoundary?: string | undefined;
  readonly tag?: Readonly<Record<string, string>> | undefined;
}

/** Every variable that lading writes, by stack. */
export const knownVariables = {
  registry: ['name', 'region', 'tags'],
  service: [
    ...['name', 'image', 'region', 'tags', 'container_name', 'port', 'health_path', 'cpu', 'memory', 'architecture'],
    ...['min_tasks', 'max_tasks', 'vpc_id', 'subnet_ids', 'private_subnet_ids', 'certificate_arn', 'environment'],
    ...['secrets', 'permissions_boundary'],
  ],
} as const;

/** Place of an input, for errors. */
type Where = (name: string) => string;

export function registryVariables(values: StackValues, issues: InputIssue[], where: Where): Variables {
  const name = registryName(values);
  if (name === undefined) {
    const hint = 'Give `infra.repository`, `push.to` or `infra.name` in lading.yml.';
    issues.push({ where: where('repository'), message: 'is missing', hint });
  }
  return { name, region: values.region, tags: values.tag };
}

/** Of the image that is pushed, without registry and tag; else that of the service. */
export function registryName({ repository, to, name, service }: StackValues): string | undefined {
  return repository ?? pathOf(to) ?? name ?? service?.slice(service.lastIndexOf('/') + 1);
}

function pathOf(to: string | undefined): string | undefined {
  if (to === undefined) return undefined;
  try {
    return parseReference(to).repository;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export function serviceVariables(
  values: StackValues,
  name: string | undefined,
  issues: InputIssue[],
  where: Where,
): Variables {
  if ((values.vpc === undefined) !== (values.subnet === undefined)) {
    issues.push({
      where: where('vpc'),
      message: 'and --subnet belong together',
      hint: 'Give both, or none for the default VPC.',
    });
  }
  if (values.privateSubnet !== undefined && values.vpc === undefined) {
    issues.push({
      where: where('private-subnet'),
      message: 'needs --vpc and --subnet: the default VPC has no private subnets',
    });
  }
  return {
    name,
    region: values.region,
    tags: values.tag,
    container_name: values.container,
    port: values.port,
    health_path: values.healthPath,
    cpu: values.cpu,
    memory: values.memory,
    architecture: values.architecture,
    min_tasks: values.minTasks,
    max_tasks: values.maxTasks,
    vpc_id: values.vpc,
    subnet_ids: values.subnet,
    private_subnet_ids: values.privateSubnet,
    certificate_arn: values.certificate,
    environment: values.variable,
    secrets: values.secret,
    permissions_boundary: values.permissionsBoundary,
  };
}
