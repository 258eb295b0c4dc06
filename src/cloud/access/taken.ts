import { LadingError } from '../../base/errors.js';
import type { Owner, Tags } from '../owner.js';
import { madeBy, makerOf } from '../owner.js';

/** Refuses to change what has our name and is not ours: somebody trusts it to be what it is. */
export function refuseTaken(
  found: { readonly what: 'role' | 'policy'; readonly name: string; readonly tags: Tags },
  owner: Owner,
): void {
  const { what, name, tags } = found;
  const maker = madeBy(tags, owner);
  if (maker === 'ours') return;
  const whose = maker === 'shared' ? `it was made for ${makerOf(tags)}` : 'lading did not make it';
  throw new LadingError('input', `the ${what} ${name} is there already, and ${whose}`, {
    code: 'NAME_TAKEN',
    hint: `Take another name with --name, or delete the ${what}.`,
  });
}
