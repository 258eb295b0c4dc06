import * as v from 'valibot';
import { parseShape } from '../../base/json.js';
import type { GitHubApi } from '../client/api.js';
import { audienceFields, type Audience } from './audience.js';
import { formatScope, variablesPath, type Scope } from './scope.js';

const variableShape = v.looseObject({ value: v.string() });

/**
 * Makes a variable have this value, with one write at most; an existing one of an organization keeps its visibility.
 * Scopes without variables are left alone.
 */
export async function applyVariable(
  api: GitHubApi,
  scope: Scope,
  variable: { readonly name: string; readonly value: string; readonly audience?: Audience | undefined },
): Promise<'created' | 'updated' | 'unchanged' | 'none'> {
  const path = variablesPath(scope);
  if (path === undefined) return 'none';
  const { name, value } = variable;
  const what = `write the variable ${name} of ${formatScope(scope)}`;
  const request = { what, owner: scope.owner };
  const found = await api.request('GET', `${path}/${name}`, { ...request, accept: [404] });
  if (found.status === 404) {
    const body = { name, value, ...audienceFields(scope, variable.audience) };
    const made = await api.request('POST', path, { ...request, body, accept: [409] });
    if (made.status !== 409) return 'created';
  } else if (parseShape(variableShape, found.body, what).value === value) {
    return 'unchanged';
  }
  await api.request('PATCH', `${path}/${name}`, { ...request, body: { name, value } });
  return 'updated';
}
