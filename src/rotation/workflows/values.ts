import type { Visibility } from '../../github/secrets/audience.js';

/** What workflows are asked for, as text. What is not given has a default of its form. */
export interface WorkflowValues {
  readonly form: 'schedule' | 'environment';
  readonly identity: 'app' | 'token';
  readonly registry: readonly string[];
  readonly image: readonly string[];
  readonly role: string;
  readonly secret: string;
  readonly to?: readonly string[] | undefined;
  readonly visibility?: Visibility | undefined;
  readonly selectedRepository?: readonly string[] | undefined;
  readonly cron?: string | undefined;
  readonly branch?: string | undefined;
  readonly environment?: string | undefined;
  readonly action?: string | undefined;
}

export const workflowDefaults = { cron: '17 */3 * * *', branch: 'main', environment: 'ecr' };
