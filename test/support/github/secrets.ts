import type { Item, Ledger, Shelf } from './shelves.js';
import { missing, nothing, page, refusal, timeText, type Call, type Cutting, type Reply } from './reply.js';

/** Where secrets and variables are asked for. */
export interface Place {
  readonly shelf: Shelf;
  /** Address of the shelf in the API when it is an organization's; it alone has visibility. */
  readonly organization: string | undefined;
  readonly cutting: Cutting;
  /** A repository as a selection lists it; undefined when it is gone. */
  readonly repository: (id: number) => Readonly<Record<string, unknown>> | undefined;
}

const tooLarge = 48 * 1024;

/** Answers an operation on secrets, variables or the public key; undefined when it is about something else. */
export function answerShelf(id: string, call: Call, place: Place): Reply | undefined {
  const name = id.split('/')[1] ?? '';
  const { lock, secrets, variables } = place.shelf;
  if (/public-key$/.test(name)) return { status: 200, body: { key_id: lock.id, key: lock.publicKey } };
  const kind = /variable/.test(name) ? 'variables' : 'secrets';
  const ledger = kind === 'variables' ? variables : secrets;
  const key = call.parameters['secret_name'] ?? call.parameters['name'] ?? '';
  if (/selected/.test(name)) return select(name, call, ledger, place, key);
  if (/^list-/.test(name)) {
    const all = ledger.all(call.moment);
    return page(call, place.cutting, all, (items) => ({
      total_count: all.length,
      [kind]: items.map((item) => shown(item, kind, place)),
    }));
  }
  if (/^get-/.test(name)) {
    const item = ledger.seen(key, call.moment);
    return item ? { status: 200, body: shown(item, kind, place) } : missing;
  }
  if (/^delete-/.test(name)) {
    if (!ledger.seen(key)) return missing;
    ledger.write(call.now, key, undefined);
    return nothing;
  }
  if (kind === 'secrets') return putSecret(call, place, key);
  return /^create-/.test(name) ? createVariable(call, ledger, place) : updateVariable(call, ledger, key);
}

function putSecret(call: Call, place: Place, name: string): Reply {
  const { encrypted_value: sealed, key_id: keyId } = call.body;
  const { lock, secrets } = place.shelf;
  for (const field of ['key_id', 'encrypted_value']) {
    if (call.body[field] === undefined) return refusal(422, `Invalid request.\n\n"${field}" wasn't supplied.`);
  }
  const value = keyId === lock.id ? lock.open(String(sealed)) : undefined;
  if (value === undefined) {
    return refusal(422, 'Bad request - validation failed due to an improperly encrypted secret');
  }
  if (Buffer.byteLength(value) > tooLarge) return refusal(422, 'Secret value is too large (maximum is 48 KB).');
  const before = secrets.seen(name);
  secrets.write(call.now, name, {
    name: name.toUpperCase(),
    value,
    createdAt: before?.createdAt ?? call.now,
    updatedAt: call.now,
    ...audience(call, place),
  });
  return before ? nothing : { status: 201, body: {} };
}

/** A list that is left out empties the selection: https://github.com/external-secrets/external-secrets/pull/6519 */
function audience({ body }: Call, { organization }: Place): Pick<Item, 'visibility' | 'repositoryIds'> {
  if (organization === undefined) return {};
  const visibility = String(body['visibility']);
  if (visibility !== 'selected') return { visibility };
  const ids = (body['selected_repository_ids'] ?? []) as readonly (number | string)[];
  return { visibility, repositoryIds: ids.map(Number) };
}

function createVariable(call: Call, ledger: Ledger, place: Place): Reply {
  const name = String(call.body['name']).toUpperCase();
  if (ledger.seen(name)) return refusal(409, 'Already exists - Variable already exists');
  const value = String(call.body['value']);
  ledger.write(call.now, name, { name, value, createdAt: call.now, updatedAt: call.now, ...audience(call, place) });
  return { status: 201, body: {} };
}

function updateVariable(call: Call, ledger: Ledger, name: string): Reply {
  const before = ledger.seen(name);
  if (!before) return missing;
  ledger.write(call.now, name, { ...before, value: String(call.body['value'] ?? before.value), updatedAt: call.now });
  return nothing;
}

function select(name: string, call: Call, ledger: Ledger, place: Place, key: string): Reply {
  const isRead = /^list-/.test(name);
  const item = ledger.seen(key, isRead ? call.moment : Infinity);
  if (!item) return missing;
  if (item.visibility !== 'selected') {
    return refusal(409, "You cannot update selected repositories when the visibility is not set to 'selected'");
  }
  const ids = item.repositoryIds ?? [];
  if (isRead) {
    return page(call, place.cutting, ids, (some) => ({
      total_count: ids.length,
      repositories: some.flatMap((id) => place.repository(id) ?? []),
    }));
  }
  const one = Number(call.parameters['repository_id']);
  const wanted = /^set-/.test(name)
    ? ((call.body['selected_repository_ids'] ?? []) as readonly (number | string)[]).map(Number)
    : /^add-/.test(name)
      ? [...ids.filter((id) => id !== one), one]
      : ids.filter((id) => id !== one);
  ledger.write(call.now, key, { ...item, repositoryIds: wanted });
  return nothing;
}

function shown(item: Item, kind: 'secrets' | 'variables', { organization }: Place): Readonly<Record<string, unknown>> {
  const { name, value, createdAt, updatedAt, visibility } = item;
  return {
    name,
    ...(kind === 'variables' && { value }),
    created_at: timeText(createdAt),
    updated_at: timeText(updatedAt),
    ...(visibility !== undefined && { visibility }),
    ...(visibility === 'selected' && { selected_repositories_url: `${organization}/${kind}/${name}/repositories` }),
  };
}
