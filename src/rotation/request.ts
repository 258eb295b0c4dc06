import { InputError, type InputIssue } from '../base/errors.js';
import type { GitHubChoice } from '../github/identity/open.js';
import { holdsCredential } from '../github/identity/token.js';
import type { Visibility } from '../github/secrets/audience.js';
import type { Application } from '../github/secrets/place.js';
import { parseRegistries, type RegistryChoice } from './registries/choice.js';
import { isApplication, parseTargets, type Target } from './targets/target.js';

/** What a rotation is asked for, past the boundary of text. */
export interface RotationRequest {
  /** `dry-run` and `check` only tell. */
  readonly mode: 'rotate' | 'dry-run' | 'check';
  readonly targets: readonly Target[];
  readonly registries: readonly RegistryChoice[];
  /** For targets that name none. */
  readonly applications: readonly Application[];
  readonly visibility: Visibility | undefined;
  readonly selected: readonly { readonly owner: string; readonly repository: string }[];
  /** Also write registry, user name and expiry as variables. */
  readonly variables: boolean;
  readonly force: boolean;
  /** Secrets younger than this many milliseconds are left alone. */
  readonly ifOlderThan: number;
  /** Milliseconds from which a check calls a secret stale. */
  readonly maxAge: number;
  /** File name of the workflow whose schedule a check looks at. */
  readonly workflow: string;
  readonly stateFile: string;
  readonly region: string | undefined;
  readonly github: GitHubChoice;
}

/** The same as text, as every door hands it over. */
export interface RotationValues extends GitHubChoice {
  readonly to: readonly string[];
  readonly secret: string;
  readonly registry?: readonly string[] | undefined;
  readonly image?: readonly string[] | undefined;
  readonly application: readonly string[];
  readonly visibility?: Visibility | undefined;
  readonly selectedRepository?: readonly string[] | undefined;
  readonly variables: boolean;
  readonly force: boolean;
  readonly check: boolean;
  readonly dryRun: boolean;
  readonly ifOlderThan: number;
  readonly maxAge: number;
  readonly workflow: string;
  readonly stateFile: string;
  readonly region?: string | undefined;
}

/** Tells all mistakes of all inputs at once. */
export function parseRotation(values: RotationValues): RotationRequest {
  const issues = credentialIssues({
    '--to': values.to,
    '--secret': [values.secret],
    '--registry': values.registry,
    '--image': values.image,
    '--application': values.application,
    '--selected-repository': values.selectedRepository,
    '--workflow': [values.workflow],
    '--state-file': [values.stateFile],
    '--github-app-id': values.githubAppId === undefined ? [] : [values.githubAppId],
  });
  // The other mistakes are told with the text that they are about: not where that is a secret.
  if (issues.length > 0) throw new InputError(issues);
  const { to, secret, registry = [], image, application, visibility, selectedRepository = [] } = values;
  if (to.length === 0) issues.push({ where: '--to', message: 'names no target' });
  if (values.check && values.dryRun) {
    issues.push({ where: '--dry-run', message: 'does not go with --check, which changes nothing anyway' });
  }
  const targets = collect(issues, () => parseTargets(to)) ?? [];
  const registries = collect(issues, () => parseRegistries(registry, secret, image)) ?? [];
  const applications = collect(issues, () => parseApplications(application)) ?? [];
  const selected = collect(issues, () => parseSelected(selectedRepository, visibility)) ?? [];
  if (issues.length > 0) throw new InputError(issues);
  const { variables, force, ifOlderThan, maxAge, workflow, stateFile, region, check, dryRun } = values;
  const mode = check ? 'check' : dryRun ? 'dry-run' : 'rotate';
  const { githubToken, githubAppId, githubAppKey, githubAppKeyFile, githubApiVersion } = values;
  return {
    mode, targets, registries, applications, visibility, selected, variables, force, ifOlderThan, maxAge, workflow,
    stateFile, region, github: { githubToken, githubAppId, githubAppKey, githubAppKeyFile, githubApiVersion },
  }; // prettier-ignore
}

/** Runs a parser, and keeps the mistakes that it throws. */
export function collect<Value>(issues: InputIssue[], parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}

/** Tokens and keys that stand where a name belongs. None of them is repeated. */
export function credentialIssues(inputs: Readonly<Record<string, readonly string[] | undefined>>): InputIssue[] {
  return Object.entries(inputs)
    .filter(([, texts = []]) => texts.some(holdsCredential))
    .map(([where]) => ({
      where,
      message: 'holds a token or a key where a name belongs (not shown)',
      hint: 'Give it as LADING_GITHUB_TOKEN or LADING_GITHUB_APP_KEY, and make a new one where this one may have been seen.',
    }));
}

function parseApplications(names: readonly string[]): readonly Application[] {
  const wrong = names.filter((name) => !isApplication(name));
  if (wrong.length === 0) return [...new Set(names.filter(isApplication))];
  const message = (name: string) => `'${name}' is none of actions, dependabot, codespaces, agents`;
  throw new InputError(wrong.map((name) => ({ where: '--application', message: message(name) })));
}

/** `owner/repo` of those that may read an organization's secret. */
export function parseSelected(
  names: readonly string[],
  visibility: Visibility | undefined,
): RotationRequest['selected'] {
  const where = '--selected-repository';
  if (names.length > 0 && visibility !== 'selected') {
    throw new InputError({ where, message: 'is only for --visibility selected' });
  }
  return parseTargets(names, where).map((target) => {
    if (target.kind === 'repository') return target;
    throw new InputError({ where, message: 'takes owner/repo only' });
  });
}
