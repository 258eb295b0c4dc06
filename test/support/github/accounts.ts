/** Who and what there is: accounts with repositories, the tokens that were handed out, the Apps that are installed. */
export interface Accounts {
  readonly organizations: Set<string>;
  readonly repositories: Repository[];
  /** By the name that is no more, in lower case with the owner. */
  readonly formerNames: Map<string, Repository>;
  readonly tokens: Map<string, Token>;
  readonly apps: Map<string, App>;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  name: string;
  readonly isPrivate: boolean;
  archived: boolean;
  readonly topics: readonly string[];
  /** Names of environments, in lower case. */
  readonly environments: Set<string>;
  readonly workflows: Map<string, Workflow>;
}

export interface Workflow {
  readonly state: string;
  readonly createdAt?: number;
  readonly runs: readonly { readonly createdAt: number; readonly conclusion: string | null; readonly event?: string }[];
}

export interface Token {
  readonly kind: 'classic' | 'fine-grained' | 'installation' | 'job';
  readonly scopes: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
  /** Undefined: every repository of its owner, or of everyone. */
  readonly repositories: readonly Repository[] | undefined;
  /** Those that it may see and not administer. */
  readonly forbidden: readonly Repository[];
  readonly owner: string | undefined;
  readonly expiresAt: number | undefined;
}

export interface App {
  readonly id: string;
  /** PEM; undefined after the key was deleted. */
  publicKey: unknown;
  readonly permissions: Readonly<Record<string, string>>;
  readonly installations: readonly {
    readonly id: number;
    readonly owner: string;
    readonly repositoryIds?: readonly number[];
  }[];
}

export function createAccounts(): Accounts {
  return {
    organizations: new Set(),
    repositories: [],
    formerNames: new Map(),
    tokens: new Map(),
    apps: new Map(),
  };
}

/** GitHub's names know no case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function organizationNamed(accounts: Accounts, name: string): string | undefined {
  return [...accounts.organizations].find((one) => sameName(one, name));
}

export function repositoryNamed(accounts: Accounts, owner: string, name: string): Repository | undefined {
  return accounts.repositories.find((one) => sameName(one.owner, owner) && sameName(one.name, name));
}
