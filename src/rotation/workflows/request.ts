import { actionRelease, type ActionRelease } from '../../base/declare/action-release.js';
import { InputError, type InputIssue } from '../../base/errors.js';
import type { Visibility } from '../../github/secrets/audience.js';
import { parseRegistries, type ImageName } from '../registries/choice.js';
import { collect, credentialIssues, parseSelected } from '../request.js';
import { parseTargets, type Target } from '../targets/target.js';
import {
  audienceIssues,
  commaIssues,
  cronIssues,
  expressionIssues,
  ignoredIssues,
  roleIssues,
  rolePartition,
} from './mistakes.js';
import { workflowDefaults as defaults, type WorkflowValues } from './values.js';

/** What the workflows that keep a password fresh are made from. All of it is checked: it goes into YAML as it is. */
export interface WorkflowRequest {
  /** `schedule`: a secret that a schedule keeps fresh; `environment`: one that a job of the same run writes. */
  readonly form: 'schedule' | 'environment';
  /** Where GitHub is reached as an App, or by a personal token. */
  readonly identity: 'app' | 'token';
  readonly registries: readonly WorkflowRegistry[];
  /** ARN of the role that the job assumes by OIDC. */
  readonly role: string;
  /** The workflow's own repository when there is none. Only with a schedule. */
  readonly targets: readonly Target[];
  readonly visibility: Visibility | undefined;
  /** `owner/repo` of each. */
  readonly selected: readonly string[];
  readonly cron: string;
  /** The default branch, whose schedule runs. */
  readonly branch: string;
  readonly environment: string;
  /** Lading's own actions: the repository, and a release or a commit of it. */
  readonly action: ActionRelease;
}

/** A registry, the secret for its password, and the images that jobs run in; the first is tried. */
export interface WorkflowRegistry {
  readonly secret: string;
  readonly account: string;
  readonly region: string;
  readonly images: readonly [ImageName, ...ImageName[]];
}

/** Tells all that would not work, would be ignored, or would smuggle an expression in, at once. */
export function parseWorkflowRequest(values: WorkflowValues): WorkflowRequest {
  const { to = [], selectedRepository = [], visibility, form, identity, role } = values;
  const issues = credentialIssues({
    '--to': to,
    '--secret': [values.secret],
    '--registry': values.registry,
    '--image': values.image,
    '--role': [role],
    '--selected-repository': selectedRepository,
    '--secret-environment': [values.environment ?? ''],
    '--cron': [values.cron ?? ''],
    '--branch': [values.branch ?? ''],
    '--action': [values.action ?? ''],
  });
  // The other mistakes are told with the text that they are about.
  if (issues.length > 0) throw new InputError(issues);
  issues.push(...expressionIssues({ ...values, selectedRepository, to }));
  issues.push(...ignoredIssues(values), ...roleIssues(role), ...cronIssues(values.cron));
  const registries = collect(issues, () => parseWorkflowRegistries(values, role)) ?? [];
  const targets = collect(issues, () => parseTargets(to)) ?? [];
  const selected = collect(issues, () => parseSelected(selectedRepository, visibility)) ?? [];
  issues.push(
    ...audienceIssues(targets, values),
    ...commaIssues({ '--to': to, '--secret-environment': [values.environment ?? ''] }),
  );
  const action = collect(issues, () => parseAction(values.action)) ?? actionRelease;
  const { cron, branch, environment } = defaults;
  const chosen = {
    cron: values.cron ?? cron,
    branch: values.branch ?? branch,
    environment: values.environment ?? environment,
  };
  if (/[\s~^:?*[\\]|\.\.|^[-/]|\/$/.test(chosen.branch)) {
    issues.push({ where: '--branch', message: `'${chosen.branch}' is no name of a branch` });
  }
  if (issues.length > 0) throw new InputError(issues);
  const names = selected.map(({ owner, repository }) => `${owner}/${repository}`);
  return { form, identity, registries, role, targets, visibility, selected: names, action, ...chosen };
}

function parseWorkflowRegistries(values: WorkflowValues, role: string): readonly WorkflowRegistry[] {
  const partition = rolePartition(role);
  const issues: InputIssue[] = [];
  const registries = parseRegistries(values.registry, values.secret, values.image).flatMap((choice) => {
    const { secret, account, region, images } = choice;
    const [first, ...more] = images;
    if (account === undefined || region === undefined) {
      issues.push({ where: '--registry', message: 'is missing' });
      return [];
    }
    if (first === undefined) {
      issues.push({ where: '--image', message: `names no image of the registry ${account}.${region}` });
      return [];
    }
    const needed = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
    if (partition !== needed && (needed !== 'aws' || partition === 'aws-cn' || partition === 'aws-us-gov')) {
      issues.push({ where: '--role', message: `is of ${partition}, and ${region} is of ${needed}` });
    }
    return [{ secret, account, region, images: [first, ...more] as const }];
  });
  if (issues.length > 0) throw new InputError(issues);
  return registries;
}

/** `OWNER/REPO@REF`. */
function parseAction(text: string | undefined): ActionRelease {
  const where = '--action';
  const hint = 'Write the repository of lading and a release or a commit of it, as ACCOUNT/lading@v1.';
  const { repository, version } = actionRelease;
  const [, found = '', ref = ''] = /^([\w.-]+\/[\w.-]+)@([\w./-]+)$/.exec(text ?? `${repository}@${version}`) ?? [];
  // `OWNER` is somebody's account: what is released there would get the App's key and the role.
  if (found.startsWith('OWNER/')) {
    throw new InputError({ where, message: 'is missing: this lading does not know where it is released', hint });
  }
  if (found === '') throw new InputError({ where, message: `'${text}' is no OWNER/REPO@REF`, hint });
  return { repository: found, version: ref };
}
