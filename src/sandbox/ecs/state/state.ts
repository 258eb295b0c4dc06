import { createHash } from 'node:crypto';
import type { Setting } from '../../service.js';
import type { Cluster, DefinitionRecord, Input, SandboxService, SandboxTask, Tag } from './records.js';

/** All that the emulated ECS remembers. */
export interface EcsState {
  readonly clusters: Map<string, Cluster>;
  /** By `family:revision`. */
  readonly definitions: Map<string, DefinitionRecord>;
  /** Revisions that each family has had. */
  readonly revisions: Map<string, number>;
  readonly capacityProviders: Map<string, Input>;
  /** By ARN. */
  readonly tags: Map<string, readonly Tag[]>;
  /** By `cluster/name`. */
  readonly services: Map<string, SandboxService>;
  /** By ARN. */
  readonly tasks: Map<string, SandboxTask>;
  /** By principal, then by name. */
  readonly settings: Map<string, Map<string, string>>;
  readonly arn: (kind: string) => string;
  /** 32 hexadecimal digits, the same in each run of the same calls, in no order that tells age. */
  readonly id: () => string;
}

export function createState(setting: Setting, seed = 1): EcsState {
  let count = 0;
  return {
    clusters: new Map(),
    definitions: new Map(),
    revisions: new Map(),
    capacityProviders: new Map(),
    tags: new Map(),
    services: new Map(),
    tasks: new Map(),
    settings: new Map(),
    arn: (kind) => `arn:aws:ecs:${setting.region}:${setting.accountId}:${kind}`,
    id: () => createHash('md5').update(`${seed}/${++count}`).digest('hex'),
  };
}

/** 19 digits, as those of deployments and revisions. */
export function digitsOf(id: string): string {
  return `${1_000_000_000_000_000_000n + (BigInt(`0x${id.slice(0, 15)}`) % 8_000_000_000_000_000_000n)}`;
}

export function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

export function seconds(ms: number): number {
  return ms / 1000;
}

/** Without what is undefined: absent members are absent on the wire. */
export function clean(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined));
}

/** Of an input that may be anything. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
