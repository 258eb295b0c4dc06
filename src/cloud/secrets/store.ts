/** A secret as it is kept, without its value. */
export interface StoredSecret {
  /** As its store calls it. */
  readonly id: string;
  /** As a task definition refers to it. */
  readonly arn: string;
  readonly changedAt: string | undefined;
  /** Key that it is sealed with, as it was named; undefined for AWS's own, and where it is not told. */
  readonly key?: string | undefined;
  /** It is on its way out. */
  readonly deletedAt?: string | undefined;
}

export type StoreName = 'ssm' | 'secretsmanager';

export interface NewSecret {
  readonly id: string;
  readonly value: string;
  /** Id, ARN or alias; AWS's own key of the store when left out. */
  readonly key: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Where values are kept that tasks get. */
export interface SecretStore {
  readonly name: StoreName;
  /** Undefined when there is none. */
  find(id: string): Promise<StoredSecret | undefined>;
  /** Undefined when there is none, or it may not be read. */
  value(id: string): Promise<string | undefined>;
  create(secret: NewSecret): Promise<StoredSecret>;
  /** A new value for one that is there, also for one on its way out. */
  replace(secret: NewSecret, present: StoredSecret): Promise<StoredSecret>;
  /** Until when it can be brought back; undefined when it is gone at once. */
  remove(id: string): Promise<string | undefined>;
  /** Those whose names begin with this. */
  list(prefix: string): Promise<readonly StoredSecret[]>;
}

/** Of seconds since 1970, as the JSON protocol has it. */
export function timeText(seconds: number | undefined | null): string | undefined {
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString().slice(0, 19) + 'Z' : undefined;
}
