import { readFile } from 'node:fs/promises';
import type { Context } from '../../base/context.js';
import { InputError, messageOf } from '../../base/errors.js';
import { withTask } from '../../base/tell/report.js';
import type { StoredSecret, StoreName } from '../../cloud/secrets/store.js';
import type { SecretPlace } from './open.js';
import { openSecrets } from './open.js';
import type { ReadRight } from './rights.js';
import { checkReadRight } from './rights.js';
import { refersTo } from './running-task.js';

export interface SetRequest {
  readonly name: string;
  readonly id?: string | undefined;
  readonly store: StoreName;
  /** File with the value; what is piped in when left out. */
  readonly from?: string | undefined;
  readonly key?: string | undefined;
  readonly keepNewline: boolean;
  readonly dryRun: boolean;
}

export interface SetResult {
  readonly name: string;
  readonly store: StoreName;
  readonly id: string;
  /** Undefined while Secrets Manager has not made it: it puts letters of its own behind the name. */
  readonly arn: string | undefined;
  readonly action: 'created' | 'updated' | 'unchanged' | 'planned';
  /** Of the running task definition. */
  readonly referenced: { readonly revision: string; readonly container: string } | undefined;
  readonly right: ReadRight | undefined;
  /** How it gets to the containers, when it does not yet. */
  readonly reference: { readonly taskDefinition: object; readonly ladingYml: string } | undefined;
  /** What to do for tasks to see the new value. */
  readonly next: string | undefined;
}

/** SSM's dearer tier takes 8 KB, Secrets Manager 64. */
const LONGEST: Readonly<Record<StoreName, number>> = { ssm: 8192, secretsmanager: 65_536 };

/** Puts a value where tasks can get it, and looks whether they do. */
export async function setSecret(place: SecretPlace, request: SetRequest, context: Context): Promise<SetResult> {
  const { name, dryRun, key } = request;
  const value = await readValue(request, context);
  const open = await openSecrets(place, request.store, context);
  const { store, service, prefix, task } = open;
  const id = request.id ?? `${prefix}${name}`;
  const present = await withTask(context, `Look at ${id}`, () => store.find(id));
  const same =
    present !== undefined &&
    present.deletedAt === undefined &&
    (key === undefined || key === present.key) &&
    (await isSame(id));
  const action = same ? 'unchanged' : dryRun ? 'planned' : present === undefined ? 'created' : 'updated';
  const stored = await write();
  const arn = stored?.arn;
  const user = stored && task?.secrets.find((one) => one.name === name && refersTo(one.valueFrom, stored));
  return {
    name,
    store: store.name,
    id,
    arn,
    action,
    referenced: user && task && { revision: task.revision, container: user.container },
    right: arn === undefined ? undefined : await checkReadRight(open, { arn, key }),
    reference: user || arn === undefined ? undefined : referenceTo(name, arn),
    next: nextStep(user !== undefined, action, place),
  };

  async function isSame(at: string): Promise<boolean> {
    const old = await store.value(at);
    if (old !== undefined) context.report({ type: 'mask', value: old });
    return old === value;
  }

  async function write(): Promise<StoredSecret | undefined> {
    if (same || dryRun) return present;
    const secret = { id, value, key, tags: { 'lading:service': service } };
    return withTask(context, `${present === undefined ? 'Make' : 'Change'} ${id}`, () =>
      present === undefined ? store.create(secret) : store.replace(secret, present),
    );
  }
}

/** It is masked before anything else happens. */
async function readValue(
  { from, store, keepNewline }: SetRequest,
  context: Pick<Context, 'readInput' | 'report'>,
): Promise<string> {
  const where = from === undefined ? 'standard input' : '--from';
  if (from === undefined && context.readInput === undefined) {
    throw new InputError({
      where: '--from',
      message: 'is missing, and nothing is piped in: a value never stands on the command line',
      hint: 'Name a file with --from, or pipe the value in.',
    });
  }
  const read = from === undefined ? await context.readInput?.() : await readText(from);
  // An editor and an echo put it there.
  const value = keepNewline ? (read ?? '') : (read ?? '').replace(/\r?\n$/, '');
  if (value !== '') context.report({ type: 'mask', value });
  for (const line of value.split('\n')) if (line.trim().length > 3) context.report({ type: 'mask', value: line });
  if (value === '') throw new InputError({ where, message: 'has no value in it', hint: 'Pipe it in, or name a file.' });
  if (value.includes('\0') || value.includes('\uFFFD')) {
    throw new InputError({ where, message: 'is no text, and the environment of a container takes no other value' });
  }
  const bytes = Buffer.byteLength(value);
  if (bytes > LONGEST[store]) {
    const hint = store === 'ssm' ? 'Take --store secretsmanager: it has room for 64 KB.' : undefined;
    throw new InputError({ where, message: `has ${bytes} bytes, and ${store} takes ${LONGEST[store]}`, hint });
  }
  return value;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError({ where: '--from', message: messageOf(error) });
  }
}

function referenceTo(name: string, arn: string): SetResult['reference'] {
  return { taskDefinition: { name, valueFrom: arn }, ladingYml: `infra:\n  secret:\n    ${name}: ${arn}` };
}

function nextStep(
  isReferenced: boolean,
  action: SetResult['action'],
  { cluster, service }: SecretPlace,
): string | undefined {
  if (!isReferenced) return undefined;
  if (action !== 'updated' && action !== 'created') return undefined;
  return `lading deploy --cluster ${cluster} --service ${service} --force-new-deployment`;
}
