import type { Context } from '../../base/context.js';
import { InputError, LadingError } from '../../base/errors.js';
import { withTask } from '../../base/tell/report.js';
import type { StoreName } from '../../cloud/secrets/store.js';
import type { SecretPlace } from './open.js';
import { openSecrets } from './open.js';
import { refersTo } from './running-task.js';

export interface ListedSecret {
  /** Of the variable; undefined for one that no container gets. */
  readonly name: string | undefined;
  readonly container: string | undefined;
  /** As its store calls it, else as the task definition refers to it. */
  readonly id: string;
  readonly changedAt: string | undefined;
  /** `elsewhere`: the task refers to what is not under the name of the service; it is not looked at. */
  readonly state: 'used' | 'unused' | 'deleted' | 'elsewhere';
}

export interface ListResult {
  readonly service: string;
  readonly revision: string | undefined;
  readonly secrets: readonly ListedSecret[];
}

/** Which secrets a service has and which of them its containers get. No value is read. */
export async function listSecrets(
  place: SecretPlace,
  stores: readonly StoreName[],
  context: Context,
): Promise<ListResult> {
  const opened = await Promise.all(stores.map((store) => openSecrets(place, store, context)));
  const [first] = opened;
  const lists = await Promise.all(opened.map(({ store, prefix }) => store.list(prefix)));
  const kept = lists.flat();
  const references = first?.task?.secrets ?? [];
  const listed = kept.flatMap((one): readonly ListedSecret[] => {
    const users = references.filter(({ valueFrom }) => refersTo(valueFrom, one));
    const common = { id: one.id, changedAt: one.changedAt };
    if (one.deletedAt !== undefined)
      return [{ ...common, name: users[0]?.name, container: users[0]?.container, state: 'deleted' }];
    if (users.length === 0) return [{ ...common, name: undefined, container: undefined, state: 'unused' }];
    return users.map(({ name, container }) => ({ ...common, name, container, state: 'used' }));
  });
  const others = references
    .filter(({ valueFrom }) => !kept.some((one) => refersTo(valueFrom, one)))
    .map(({ name, container, valueFrom }): ListedSecret => ({
      name,
      container,
      id: valueFrom,
      changedAt: undefined,
      state: 'elsewhere',
    }));
  return { service: first?.service ?? place.service, revision: first?.task?.revision, secrets: [...listed, ...others] };
}

export function parseStores(names: readonly string[], where: string): readonly StoreName[] {
  const known: readonly StoreName[] = ['ssm', 'secretsmanager'];
  const wrong = names.filter((name) => !known.includes(name as StoreName));
  if (wrong.length === 0 && names.length > 0) return known.filter((name) => names.includes(name));
  throw new InputError({ where, message: `takes ssm and secretsmanager, not ${wrong.join(', ') || 'nothing'}` });
}

export interface RemoveRequest {
  readonly name: string;
  readonly id?: string | undefined;
  readonly store: StoreName;
  readonly force: boolean;
  readonly dryRun: boolean;
}

export interface RemoveResult {
  readonly id: string;
  readonly action: 'removed' | 'planned' | 'none';
  /** Until then it can be brought back; undefined when it is gone. */
  readonly until: string | undefined;
}

/** Takes a secret away. One that the running task refers to stays unless it is forced: no task would start any more. */
export async function removeSecret(
  place: SecretPlace,
  request: RemoveRequest,
  context: Context,
): Promise<RemoveResult> {
  const { store, prefix, task, service } = await openSecrets(place, request.store, context);
  const id = request.id ?? `${prefix}${request.name}`;
  const present = await store.find(id);
  if (present === undefined || present.deletedAt !== undefined)
    return { id, action: 'none', until: present?.deletedAt };
  const user = task?.secrets.find(({ valueFrom }) => refersTo(valueFrom, present));
  if (user !== undefined && !request.force) {
    throw new LadingError(
      'input',
      `${task?.revision ?? service} gives ${id} to ${user.container} as ${user.name}: without it no task of ${service} starts`,
      { code: 'SECRET_IN_USE', hint: 'Take it out of the task definition and deploy that first, or give --force.' },
    );
  }
  if (request.dryRun) return { id, action: 'planned', until: undefined };
  const until = await withTask(context, `Take away ${id}`, () => store.remove(id));
  return { id, action: 'removed', until };
}

/** A name that is not there is a mistake, not a success. */
export function refuseNothing(result: RemoveResult): RemoveResult {
  if (result.action !== 'none' || result.until !== undefined) return result;
  throw new InputError({
    where: '--name',
    message: `there is no secret ${result.id}`,
    hint: 'Look at what there is with lading secret list.',
  });
}
