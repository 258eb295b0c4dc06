import { LadingError } from '../../base/errors.js';
import { formatPlace, type Place } from './place.js';

export type Visibility = 'all' | 'private' | 'selected';

/** Who in an organization may read a secret or a variable. */
export interface Audience {
  readonly visibility: Visibility;
  /** Only with `selected`. */
  readonly repositoryIds?: readonly number[] | undefined;
}

/**
 * Who shall read an organization's secret: who is asked for, else who does. Asked to be selected with no word about
 * which, those that are selected stay; where none are, nobody could read it any more, and that is an error.
 */
export function resolveAudience(
  at: { readonly place: Place; readonly secret: string },
  present: Audience | undefined,
  asked: Audience | undefined,
): Audience {
  const wanted = asked ?? present;
  if (wanted === undefined) throw noVisibility(at);
  if (wanted.visibility !== 'selected' || wanted.repositoryIds) return wanted;
  if (present?.visibility === 'selected') return present;
  const what = `${formatPlace(at.place)}: the secret ${at.secret} would be selected for no repository`;
  throw new LadingError('input', what, {
    code: 'NO_SELECTION',
    hint: 'Name the repositories that may read it by --selected-repository.',
  });
}

/** Repositories of the one that the other does not have. */
export function missingFrom(seen: Audience | undefined, wanted: Audience | undefined): readonly number[] {
  if (wanted?.visibility !== 'selected') return [];
  const present = new Set(seen?.repositoryIds);
  return (wanted.repositoryIds ?? []).filter((id) => !present.has(id));
}

/** Fields of a request's body that say who may read; GitHub's Dependabot wants the ids as text. */
export function audienceFields(place: Place, audience: Audience | undefined): Readonly<Record<string, unknown>> {
  if (place.kind !== 'organization' || audience === undefined) return {};
  const { visibility, repositoryIds } = audience;
  if (visibility !== 'selected') return { visibility };
  const ids = repositoryIds ?? [];
  return { visibility, selected_repository_ids: place.application === 'dependabot' ? ids.map(String) : ids };
}

function noVisibility({ place, secret }: { readonly place: Place; readonly secret: string }): LadingError {
  return new LadingError('input', `${formatPlace(place)} has no secret ${secret} yet: who may read it is not said`, {
    code: 'NO_VISIBILITY',
    hint: 'Say it by --visibility all, private or selected; from then on it is kept as it is.',
  });
}
