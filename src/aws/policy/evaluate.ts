import type { PolicyDocument, PolicyStatement } from './document.js';

/** `unclear`: a condition, or what is not here, rules it. */
export type Verdict = 'allowed' | 'denied' | 'unclear';

/**
 * What the policies of a principal say of one action on one resource; what is nowhere allowed is denied. Boundaries,
 * policies of the organization and of the resource itself are not looked at.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(policies: readonly PolicyDocument[], action: string, resource: string): Verdict {
  const statements = policies.flatMap(({ Statement }) => Statement).filter((one) => speaksOf(one, action, resource));
  const denies = statements.filter(({ Effect }) => Effect === 'Deny');
  if (denies.some((one) => !isConditional(one))) return 'denied';
  const allows = statements.filter(({ Effect }) => Effect === 'Allow');
  if (allows.length === 0) return 'denied';
  return denies.length === 0 && allows.some((one) => !isConditional(one)) ? 'allowed' : 'unclear';
}

function speaksOf({ Action, NotAction, Resource, NotResource }: PolicyStatement, action: string, resource: string) {
  const acts = Action
    ? Action.some((one) => matches(one, action, 'i'))
    : !NotAction?.some((one) => matches(one, action, 'i'));
  if (!acts) return false;
  if (Resource) return Resource.some((one) => meets(one, resource));
  return NotResource ? !NotResource.some((one) => meets(one, resource)) : false;
}

/** A resource that is asked for as a pattern is met by what allows any of it. */
function meets(pattern: string, resource: string): boolean {
  return matches(pattern, resource) || (resource.includes('*') && matches(resource, pattern));
}

function isConditional({ Condition }: PolicyStatement): boolean {
  return Condition !== undefined && Object.keys(Condition).length > 0;
}

/** `*` and `?` of policies. Linear in practice: patterns are short and written by the owner of the account. */
export function matches(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replace(/\*+/g, '*')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[\\s\\S]*')
    .replaceAll('?', '[\\s\\S]');
  return new RegExp(`^${source}$`, flags).test(text);
}
