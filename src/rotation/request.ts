import { InputError, type InputIssue } from '../base/errors.js';
import type { Application } from '../github/secrets/scope.js';
import type { Visibility } from '../github/secrets/secret.js';
import { isApplication, parseTargets, type Target } from './targets/target.js';
import { parseRegistries, type RegistryChoice } from './ecr-passwords.js';

/** What `lading rotate` was asked for, past the boundary of text. */
export interface Rotation {
  readonly targets: readonly Target[];
  readonly registries: readonly RegistryChoice[];
  /** For targets that name none. */
  readonly applications: readonly Application[];
  readonly visibility: Visibility | undefined;
  readonly selected: readonly { readonly owner: string; readonly repository: string }[];
}

interface RotationValues {
  readonly to: readonly string[];
  readonly secret: string;
  readonly registry?: readonly string[] | undefined;
  readonly application: readonly string[];
  readonly visibility?: Visibility | undefined;
  readonly selectedRepository?: readonly string[] | undefined;
}

/** Tells all mistakes of all inputs at once. */
export function parseRotation(values: RotationValues): Rotation {
  const issues: InputIssue[] = [];
  const rotation: Rotation = {
    targets: collect(issues, () => parseTargets(values.to)) ?? [],
    registries: collect(issues, () => parseRegistries(values.registry ?? [], values.secret)) ?? [],
    applications: collect(issues, () => parseApplications(values.application)) ?? [],
    visibility: values.visibility,
    selected: collect(issues, () => parseSelected(values.selectedRepository ?? [], values.visibility)) ?? [],
  };
  if (values.to.length === 0) issues.push({ where: '--to', message: 'names no target' });
  if (issues.length > 0) throw new InputError(issues);
  return rotation;
}

function collect<Value>(issues: InputIssue[], parse: () => Value): Value | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}

function parseApplications(names: readonly string[]): readonly Application[] {
  const wrong = names.filter((name) => !isApplication(name));
  if (wrong.length === 0) return [...new Set(names.filter(isApplication))];
  const message = (name: string) => `'${name}' is none of actions, dependabot, codespaces, agents`;
  throw new InputError(wrong.map((name) => ({ where: '--application', message: message(name) })));
}

function parseSelected(names: readonly string[], visibility: Visibility | undefined): Rotation['selected'] {
  const where = '--selected-repository';
  if (names.length > 0 && visibility !== 'selected') {
    throw new InputError({ where, message: 'is only for --visibility selected' });
  }
  return parseTargets(names, where).map((target) => {
    if (target.kind === 'repository') return target;
    throw new InputError({ where, message: 'takes owner/repo only' });
  });
}
