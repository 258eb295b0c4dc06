import type { GitHubSandbox } from '../../../src/sandbox/github/server.js';
import { repositoryNamed, type Accounts, type Repository } from './accounts.js';
import type { Shelf, Shelves } from './shelves.js';

export type Fault = Parameters<GitHubSandbox['addFault']>[0];

interface World {
  readonly accounts: Accounts;
  readonly shelves: Shelves;
  readonly faults: Fault[];
  readonly now: () => number;
}

type Controls = Pick<
  GitHubSandbox,
  | 'addApp'
  | 'addFault'
  | 'addOrganization'
  | 'addRepository'
  | 'addToken'
  | 'addWorkflow'
  | 'liveTokens'
  | 'putSecret'
  | 'rename'
  | 'renewKey'
  | 'secret'
  | 'selectRepositories'
  | 'variable'
>;

/** What a test does to this GitHub past its API, in the names that it uses for the sandbox's. */
export function controlsOf({ accounts, shelves, faults, now }: World): Controls {
  function repositoryAt(fullName: string): Repository {
    const [owner = '', name = ''] = fullName.split('/');
    const found = repositoryNamed(accounts, owner, name);
    if (!found) throw new Error(`there is no repository ${fullName}`);
    return found;
  }

  /** By the form of `--to`. */
  function shelfOf(place: string): Shelf {
    if (place.startsWith('org:')) {
      const [, organization = '', application = 'actions'] = place.split(':');
      return shelves.at(`${organization}/${application}`);
    }
    const at = place.indexOf('@');
    if (at > 0) return shelves.at(`${repositoryAt(place.slice(0, at)).id}/environments/${place.slice(at + 1)}`);
    const [fullName = '', application = 'actions'] = place.split(':');
    return shelves.at(`${repositoryAt(fullName).id}/${application}`);
  }

  return {
    addOrganization: (name) => void accounts.organizations.add(name),
    addRepository(fullName, { isPrivate = true, archived = false, topics = [], environments = [] } = {}) {
      const [owner = '', name = ''] = fullName.split('/');
      const id = 700_001 + accounts.repositories.length;
      const names = new Set(environments.map((environment) => environment.toLowerCase()));
      const made = { id, owner, name, isPrivate, archived, topics, environments: names, workflows: new Map() };
      accounts.repositories.push(made);
      return made;
    },
    rename(fullName, newName) {
      const repository = repositoryAt(fullName);
      accounts.formerNames.set(fullName.toLowerCase(), repository);
      repository.name = newName;
    },
    addToken(value, kind, { scopes = [], permissions = {}, repositories, forbidden = [], owner, expiresAt } = {}) {
      accounts.tokens.set(value, {
        kind,
        scopes,
        permissions,
        repositories: repositories?.map(repositoryAt),
        forbidden: forbidden.map(repositoryAt),
        owner,
        expiresAt,
      });
    },
    addApp(id, publicKey, { permissions, installations }) {
      const app = { id, publicKey, permissions, installations };
      accounts.apps.set(id, app);
      // The caller takes the key away by setting it to undefined.
      return app as unknown as ReturnType<Controls['addApp']>;
    },
    addWorkflow: (fullName, file, workflow) => void repositoryAt(fullName).workflows.set(file, workflow),
    secret: (place, name) => shelfOf(place).secrets.seen(name),
    variable: (place, name) => shelfOf(place).variables.seen(name)?.value,
    putSecret(place, { name, ...secret }) {
      const item = { createdAt: secret.updatedAt, ...secret, name: name.toUpperCase() };
      shelfOf(place).secrets.write(-Infinity, name, item);
    },
    selectRepositories(place, name, repositoryIds) {
      const { secrets } = shelfOf(place);
      const item = secrets.seen(name);
      if (!item) throw new Error(`${place} has no secret ${name}`);
      secrets.write(now(), name, { ...item, repositoryIds });
    },
    renewKey(place) {
      shelfOf(place).lock = shelves.newLock();
    },
    liveTokens: () =>
      [...accounts.tokens]
        .filter(([, { kind, expiresAt }]) => kind === 'installation' && (expiresAt ?? 0) > now())
        .map(([value]) => value),
    addFault: (fault) => void faults.push(fault),
  };
}
