import { compatibilities, requiredAttributes } from '../definition/capabilities.js';
import type { DefinitionRecord } from '../state/records.js';
import { clean, seconds } from '../state/state.js';

/** What DescribeTaskDefinition answers. */
export function renderDefinition(entry: DefinitionRecord, accountId: string): Record<string, unknown> {
  const time = (ms: number | undefined) => (ms === undefined ? undefined : seconds(ms));
  return clean({
    ...entry.definition,
    status: entry.status,
    requiresAttributes: requiredAttributes(entry.definition),
    compatibilities: compatibilities(entry.definition),
    registeredAt: seconds(entry.registeredAt),
    registeredBy: `arn:aws:iam::${accountId}:user/sandbox`,
    deregisteredAt: time(entry.deregisteredAt),
    deleteRequestedAt: time(entry.deleteRequestedAt),
  });
}
