/** Who holds the lock of a state, as Terraform tells who waits for it. */
export interface LockInfo {
  readonly id: string;
  /** `USER@HOST` */
  readonly who?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  /** As `OperationTypeApply`. */
  readonly operation?: string | undefined;
}

/** Undefined when nobody holds it: then locking itself was refused. */
export function parseLockInfo(detail: string): LockInfo | undefined {
  const field = (name: string) => new RegExp(`^[\\s│]*${name}:[ \\t]*(\\S.*?)\\s*$`, 'm').exec(detail)?.[1];
  const id = field('ID');
  if (id === undefined || !/^[\w-]+$/.test(id)) return undefined;
  const created = field('Created');
  return { id, who: field('Who'), since: created && isoOf(created), operation: field('Operation') };
}

/** Go's `2026-11-24 18:45:14.629198 +0000 UTC`. */
function isoOf(text: string): string {
  const [, date, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d+)? ([+-]\d{4})/.exec(text) ?? [];
  if (date === undefined || time === undefined || zone === undefined) return text;
  const at = new Date(`${date}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`);
  return Number.isNaN(at.getTime()) ? text : at.toISOString().replace('.000', '');
}

/** `by ci@runner since 2026-11-24T18:45:14Z, for an apply`. */
export function holderText({ who, since, operation }: LockInfo): string {
  const deed = operation?.replace(/^OperationType/, '').toLowerCase();
  return [
    ` by ${who ?? 'somebody'}`,
    since === undefined ? '' : ` since ${since}`,
    deed ? `, for ${/^[aeiou]/.test(deed) ? 'an' : 'a'} ${deed}` : '',
  ].join('');
}

/**
 * Terraform was refused the lock and then found nobody who holds it: it was given back in between. Terraform gives up
 * there, also when it was told to wait.
 * https://github.com/hashicorp/terraform/blob/v1.11.4/internal/states/statemgr/locker.go#L84
 */
export function isLockFreed(text: string): boolean {
  return (
    text.includes('Error acquiring the state lock') &&
    /PreconditionFailed|ConditionalCheckFailed/.test(text) &&
    !text.includes('AccessDenied') &&
    parseLockInfo(text) === undefined
  );
}
