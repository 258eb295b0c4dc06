import type { ActionRelease } from '../../base/declare/action-release.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import { mistakeIn, mistakeInBranch, mistakeInEnvironment, mistakeInRole, parseAction } from './check.js';
import type { SettingKey, Settings } from './settings.js';

/** What was given, as text. */
export interface InitValues {
  /** `service`, or a file. */
  readonly from?: string | undefined;
  /** Absolute. */
  readonly app?: string | undefined;
  readonly to?: string | undefined;
  readonly cluster?: string | undefined;
  readonly service?: string | undefined;
  readonly container?: string | undefined;
  readonly region?: string | undefined;
  readonly workflow?: 'ship' | 'none' | undefined;
  readonly buildRole?: string | undefined;
  readonly deployRole?: string | undefined;
  readonly githubEnvironment?: string | undefined;
  readonly branch?: string | undefined;
  readonly action?: string | undefined;
  readonly infra?: boolean | undefined;
  readonly yes?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

/** What is asked for, checked. */
export interface InitRequest {
  readonly settings: Settings;
  readonly from: string | undefined;
  readonly app: string | undefined;
  readonly workflow: 'ship' | 'none' | undefined;
  readonly roles: { readonly build: string | undefined; readonly deploy: string | undefined };
  readonly environment: string | undefined;
  readonly branch: string | undefined;
  /** Undefined when it is not known where lading's actions are released. */
  readonly action: ActionRelease | undefined;
  /** Something was said about the workflow: one that is there and differs is to be replaced. */
  readonly speaksOfWorkflow: boolean;
  /** The stacks of Terraform are wanted, too. */
  readonly infra: boolean;
  readonly yes: boolean;
  readonly force: boolean;
  readonly dryRun: boolean;
}

/** By the name of the flag. */
export const flagOf: Readonly<Partial<Record<SettingKey, string>>> = {
  region: 'region',
  'build.app': 'app',
  'push.to': 'to',
  'deploy.cluster': 'cluster',
  'deploy.service': 'service',
  'deploy.container': 'container',
};

/** All mistakes at once, as an `InputError`. */
export function parseInitRequest(values: InitValues): InitRequest {
  const issues: InputIssue[] = [];
  const { buildRole, deployRole, githubEnvironment, branch } = values;
  const settings: Settings = {
    ...(values.region !== undefined && { region: values.region }),
    ...(values.to !== undefined && { 'push.to': values.to }),
    ...(values.cluster !== undefined && { 'deploy.cluster': values.cluster }),
    ...(values.service !== undefined && { 'deploy.service': values.service }),
    ...(values.container !== undefined && { 'deploy.container': values.container }),
  };
  const check = (flag: string, text: string | undefined, find: (text: string) => string | undefined) => {
    const message = text === undefined ? undefined : find(text);
    if (message !== undefined) issues.push({ where: `--${flag}`, message });
  };
  for (const [key, text] of Object.entries(settings) as [SettingKey, string][])
    check(flagOf[key] ?? key, text, (one) => mistakeIn(key, one));
  check('build-role', buildRole, mistakeInRole);
  check('deploy-role', deployRole, mistakeInRole);
  check('github-environment', githubEnvironment, mistakeInEnvironment);
  check('branch', branch, mistakeInBranch);
  const action = parseAction(values.action);
  if (action !== undefined && 'mistake' in action) issues.push({ where: '--action', message: action.mistake });
  if (issues.length > 0) throw new InputError(issues);
  return {
    settings,
    from: values.from,
    app: values.app,
    workflow: values.workflow,
    roles: { build: buildRole, deploy: deployRole },
    environment: githubEnvironment,
    branch,
    action: action !== undefined && 'mistake' in action ? undefined : action,
    speaksOfWorkflow: [
      values.workflow,
      buildRole,
      deployRole,
      githubEnvironment,
      branch,
      values.action,
      values.from,
    ].some((one) => one !== undefined && one !== 'service'),
    infra: values.infra ?? false,
    yes: values.yes ?? false,
    force: values.force ?? false,
    dryRun: values.dryRun ?? false,
  };
}
