import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { audienceFields, type Audience } from './audience.js';
import { formatPlace, variablesPath, type Place } from './place.js';

const variableShape = v.looseObject({ value: v.string() });

/**
 * Makes a variable have this value, with one write at most; an existing one of an organization keeps its visibility.
 * Places without variables are left alone.
 */
export async function applyVariable(
  api: GitHubApi,
  place: Place,
  variable: { readonly name: string; readonly value: string; readonly audience?: Audience | undefined },
): Promise<'created' | 'updated' | 'unchanged' | 'none'> {
  const path = variablesPath(place);
  if (path === undefined) return 'none';
  const { name, value } = variable;
  const what = `write the variable ${name} of ${formatPlace(place)}`;
  const request = { what, owner: place.owner };
  const found = await api.request('GET', `${path}/${name}`, { ...request, accept: [404] });
  if (found.status === 404) {
    const body = { name, value, ...audienceFields(place, variable.audience) };
    const made = await api.request('POST', path, { ...request, body, accept: [409] });
    if (made.status !== 409) return 'created';
  } else if (parseShape(variableShape, found.body, what).value === value) {
    return 'unchanged';
  }
  await api.request('PATCH', `${path}/${name}`, { ...request, body: { name, value } });
  return 'updated';
}

/** Takes a variable away when it has this value still. */
export async function removeVariable(
  api: GitHubApi,
  place: Place,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<'deleted' | 'kept' | 'none'> {
  const path = variablesPath(place);
  if (path === undefined) return 'none';
  const request = { what: `delete the variable ${name} of ${formatPlace(place)}`, owner: place.owner, accept: [404] };
  const found = await api.request('GET', `${path}/${name}`, request);
  if (found.status === 404) return 'none';
  if (parseShape(variableShape, found.body, request.what).value !== value) return 'kept';
  await api.request('DELETE', `${path}/${name}`, request);
  return 'deleted';
}
