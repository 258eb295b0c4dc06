import { isoTime, json, noContent, notFound, refusal, type Answer, type Request } from './answer.js';
import type { History } from './history.js';
import { openSealedBox } from './key-pair.js';
import { listing, type Paging } from './page.js';
import type { StoredSecret, Vault } from './state.js';

/** What the vault's requests need to know of where it stands. */
export interface VaultPlace extends Paging {
  readonly vault: Vault;
  readonly isOrganization: boolean;
  readonly now: number;
  /** What is read is what was true then. */
  readonly seenAt: number;
  /** Address of the vault, for `selected_repositories_url`. */
  readonly at: string;
  /** A repository of the organization as the listing of selected ones shows it. */
  readonly describeRepository: (id: number) => unknown;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;
const limit = 48 * 1024;

/** Answers what comes after `…/secrets`. */
export function answerSecrets(place: VaultPlace, rest: readonly string[], request: Request): Answer {
  const { vault } = place;
  const [name, ...more] = rest;
  if (name === undefined) return list('secrets', vault.secrets, place, request);
  if (name === 'public-key' && more.length === 0 && request.method === 'GET') {
    const { id, publicKey } = vault.keyPair;
    return json(200, { key_id: id, key: Buffer.from(publicKey).toString('base64') });
  }
  if (more.length > 0) return selection(vault.secrets, place, rest, request);
  if (request.method === 'PUT') return putSecret(place, name, request);
  return readOrDelete(vault.secrets, place, name, request);
}

/** Answers what comes after `…/variables`. */
export function answerVariables(place: VaultPlace, rest: readonly string[], request: Request): Answer {
  const { vault, now } = place;
  const [name, ...more] = rest;
  const body = request.body ?? {};
  if (name === undefined && request.method === 'POST') {
    const key = String(body['name']).toUpperCase();
    if (vault.variables.get(key)) return refusal(409, 'Already exists - Variable already exists');
    vault.variables.set(key, entry(key, String(body['value']), now, place, body), now);
    return json(201, {});
  }
  if (name === undefined) return list('variables', vault.variables, place, request);
  if (more.length > 0) return selection(vault.variables, place, rest, request);
  if (request.method !== 'PATCH') return readOrDelete(vault.variables, place, name, request);
  const present = vault.variables.get(name.toUpperCase());
  if (!present) return notFound;
  const value = typeof body['value'] === 'string' ? body['value'] : present.value;
  vault.variables.set(present.name, { ...present, value, updatedAt: now }, now);
  return noContent;
}

function putSecret(place: VaultPlace, name: string, request: Request): Answer {
  const { vault, now } = place;
  const { encrypted_value: sealed, key_id: keyId, visibility } = request.body ?? {};
  if (typeof keyId !== 'string') return refusal(422, 'Invalid request.\n\n"key_id" wasn\'t supplied.');
  if (typeof sealed !== 'string') return refusal(422, 'Invalid request.\n\n"encrypted_value" wasn\'t supplied.');
  if (place.isOrganization && visibility === undefined) {
    return refusal(422, 'Invalid request.\n\n"visibility" wasn\'t supplied.');
  }
  if (!base64.test(sealed)) {
    return refusal(422, `Invalid request.\n\n${sealed.slice(0, 20)} does not match ${String(base64)}.`);
  }
  const opened = keyId === vault.keyPair.id ? openSealedBox(Buffer.from(sealed, 'base64'), vault.keyPair) : undefined;
  if (!opened) return refusal(422, 'Bad request - validation failed due to an improperly encrypted secret');
  if (opened.length > limit) return refusal(422, 'Invalid request.\n\nSecret value is too large (maximum is 48 KB).');
  const key = name.toUpperCase();
  const before = vault.secrets.get(key);
  const made = entry(key, Buffer.from(opened).toString('utf8'), now, place, request.body ?? {});
  vault.secrets.set(key, before ? { ...made, createdAt: before.createdAt } : made, now);
  return before ? noContent : json(201, {});
}

function entry(
  name: string,
  value: string,
  now: number,
  place: VaultPlace,
  body: Readonly<Record<string, unknown>>,
): StoredSecret {
  const stored = { name, value, createdAt: now, updatedAt: now };
  if (!place.isOrganization) return stored;
  const ids = Array.isArray(body['selected_repository_ids']) ? body['selected_repository_ids'].map(Number) : [];
  const visibility = String(body['visibility']);
  return { ...stored, visibility, ...(visibility === 'selected' && { repositoryIds: ids }) };
}

function readOrDelete(entries: History<StoredSecret>, place: VaultPlace, name: string, { method }: Request): Answer {
  const key = name.toUpperCase();
  if (method === 'GET') {
    const seen = entries.getAt(key, place.seenAt);
    return seen ? json(200, shown(seen, place, entries === place.vault.variables)) : notFound;
  }
  if (method !== 'DELETE' || !entries.get(key)) return notFound;
  entries.delete(key, place.now);
  return noContent;
}

function list(
  field: 'secrets' | 'variables',
  entries: History<StoredSecret>,
  place: VaultPlace,
  request: Request,
): Answer {
  const sorted = [...entries.valuesAt(place.seenAt)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return listing(sorted, request, place, (page) => ({
    total_count: sorted.length,
    [field]: page.map((stored) => shown(stored, place, field === 'variables')),
  }));
}

/** `…/{name}/repositories` of an organization. */
function selection(
  entries: History<StoredSecret>,
  place: VaultPlace,
  [name = '', word, id]: readonly string[],
  request: Request,
): Answer {
  const key = name.toUpperCase();
  const isRead = request.method === 'GET' && id === undefined;
  const present = isRead ? entries.getAt(key, place.seenAt) : entries.get(key);
  if (!place.isOrganization || word !== 'repositories' || !present) return notFound;
  if (present.visibility !== 'selected') return refusal(409, 'Visibility is not set to selected');
  const ids = present.repositoryIds ?? [];
  if (isRead) {
    return listing(ids, request, place, (page) => ({
      total_count: ids.length,
      repositories: page.map(place.describeRepository),
    }));
  }
  const repositoryIds = changed(ids, id, request);
  entries.set(key, { ...present, repositoryIds }, place.now);
  return noContent;
}

/** All of them by a list, or one more or less by its id. */
function changed(ids: readonly number[], id: string | undefined, request: Request): readonly number[] {
  if (id === undefined) {
    const asked = request.body?.['selected_repository_ids'];
    return Array.isArray(asked) ? asked.map(Number) : [];
  }
  return request.method === 'PUT' ? [...new Set([...ids, Number(id)])] : ids.filter((one) => one !== Number(id));
}

/** What the API tells of an entry: of a secret never its value. */
function shown(stored: StoredSecret, place: VaultPlace, withValue: boolean): Readonly<Record<string, unknown>> {
  const { name, value, createdAt, updatedAt, visibility } = stored;
  const list = `${place.at}/${withValue ? 'variables' : 'secrets'}/${name}/repositories`;
  return {
    name,
    ...(withValue && { value }),
    created_at: isoTime(createdAt),
    updated_at: isoTime(updatedAt),
    ...(visibility && { visibility }),
    ...(visibility === 'selected' && { selected_repositories_url: list }),
  };
}
