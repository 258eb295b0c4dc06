import type { Past } from './present.js';

/**
 * What a rollback goes to. Deployments that were successful are a stack: a revision that comes back takes away those
 * above it, so that a second rollback goes further back. `inFlight`: what runs well now is not `current` but the top.
 */
export function goalOf(history: readonly Past[], current: string, inFlight: boolean): string | undefined {
  const stack: string[] = [];
  for (const { status, revision } of [...history].sort((a, b) => a.createdAt - b.createdAt)) {
    if (status !== 'SUCCESSFUL' || !revision) continue;
    const at = stack.indexOf(revision.taskDefinition);
    if (at >= 0) stack.length = at;
    stack.push(revision.taskDefinition);
  }
  if (inFlight) return stack.at(-1);
  const at = stack.lastIndexOf(current);
  return at < 0 ? stack.at(-1) : stack[at - 1];
}
