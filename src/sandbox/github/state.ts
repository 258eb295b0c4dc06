import type { KeyObject } from 'node:crypto';
import { createHistory, type History } from './history.js';
import { createKeyPair, type KeyPair } from './key-pair.js';

export interface StoredSecret {
  readonly name: string;
  /** What was in the sealed box. */
  readonly value: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly visibility?: string | undefined;
  readonly repositoryIds?: readonly number[] | undefined;
}

export type StoredVariable = StoredSecret;

/** Secrets and variables of one application in one scope, and the key that opens what is sent. */
export interface Vault {
  keyPair: KeyPair;
  readonly secrets: History<StoredSecret>;
  readonly variables: History<StoredVariable>;
}

export interface GitHubRepository {
  readonly id: number;
  readonly owner: string;
  name: string;
  readonly isPrivate: boolean;
  archived: boolean;
  readonly topics: readonly string[];
  readonly environments: Set<string>;
  /** Claims that `sub` of its tokens is made of, when it is not GitHub's own form. */
  readonly subjectKeys?: readonly string[] | undefined;
}

export interface GitHubToken {
  readonly value: string;
  readonly kind: 'classic' | 'fine-grained' | 'installation' | 'job';
  /** Of a classic token, as `repo`, `admin:org`. */
  readonly scopes: readonly string[];
  /** Of the others: `read` or `write` by key. */
  readonly permissions: Readonly<Record<string, string>>;
  /** Ids that the token reaches; all when undefined. Classic tokens reach what is not forbidden to them. */
  readonly repositoryIds: readonly number[] | undefined;
  /** Repositories that the token may see and not administer. */
  readonly forbiddenIds: readonly number[];
  /** Account of the installation. */
  readonly owner: string | undefined;
  readonly expiresAt: number | undefined;
}

export interface GitHubApp {
  readonly id: string;
  /** Undefined after the key was deleted. */
  publicKey: KeyObject | undefined;
  /** What the App was granted. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly installations: readonly {
    readonly id: number;
    readonly owner: string;
    readonly repositoryIds?: readonly number[];
  }[];
}

export interface WorkflowState {
  readonly state: string;
  /** A year ago when left out. */
  readonly createdAt?: number;
  readonly runs: readonly WorkflowRun[];
}

export interface WorkflowRun {
  readonly createdAt: number;
  /** Null while it is on. */
  readonly conclusion: string | null;
  /** `schedule` when left out. */
  readonly event?: string;
}

export interface GitHubState {
  readonly organizations: Set<string>;
  readonly repositories: GitHubRepository[];
  /** Former names, lower case with owner, to ids. */
  readonly former: Map<string, number>;
  readonly vaults: Map<string, Vault>;
  readonly tokens: Map<string, GitHubToken>;
  readonly apps: Map<string, GitHubApp>;
  /** By repository id and file name. */
  readonly workflows: Map<string, WorkflowState>;
  keyCount: number;
}

export function createState(): GitHubState {
  return {
    organizations: new Set(),
    repositories: [],
    former: new Map(),
    vaults: new Map(),
    tokens: new Map(),
    apps: new Map(),
    workflows: new Map(),
    keyCount: 0,
  };
}

/** The vault of this name, made when first asked for. Names are `org:acme:actions`, `17:actions`, `17@prod`. */
export function vaultAt(state: GitHubState, name: string): Vault {
  const key = name.toLowerCase();
  const existing = state.vaults.get(key);
  if (existing) return existing;
  const made: Vault = { keyPair: nextKeyPair(state), secrets: createHistory(), variables: createHistory() };
  state.vaults.set(key, made);
  return made;
}

/** As GitHub does from time to time: what was sealed to the old key is refused. */
export function renewKey(state: GitHubState, vault: Vault): void {
  vault.keyPair = nextKeyPair(state);
}

function nextKeyPair(state: GitHubState): KeyPair {
  state.keyCount++;
  return createKeyPair(String(568250167242549743n + BigInt(state.keyCount)));
}

export function findRepository(state: GitHubState, owner: string, name: string): GitHubRepository | undefined {
  return state.repositories.find(
    (repository) => `${repository.owner}/${repository.name}`.toLowerCase() === `${owner}/${name}`.toLowerCase(),
  );
}
