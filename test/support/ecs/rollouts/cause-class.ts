/** Why a task, or a deployment, does not do what was hoped for. */
export type CauseClass =
  | 'image-not-found'
  | 'image-forbidden'
  | 'image-platform'
  | 'registry-throttled'
  | 'registry-unreachable'
  | 'secret-forbidden'
  | 'secret-not-found'
  | 'secret-throttled'
  | 'log-group-not-found'
  | 'volume'
  | 'cannot-start'
  | 'exited'
  | 'out-of-memory'
  | 'container-health'
  | 'target-health'
  | 'capacity'
  | 'quota'
  | 'network-interface'
  | 'spot'
  | 'host'
  | 'stopped-by-hand'
  | 'alarm'
  | 'hook'
  | 'hook-timeout'
  | 'configuration'
  | 'networking';

/** Causes that no further attempt can mend: as long as nothing outside changes, every task ends the same way. */
export const CERTAIN: ReadonlySet<CauseClass> = new Set([
  'image-not-found',
  'image-forbidden',
  'image-platform',
  'secret-forbidden',
  'secret-not-found',
  'log-group-not-found',
  'volume',
  'cannot-start',
]);
