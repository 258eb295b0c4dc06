/** Who reads a secret on GitHub's side; each has its own keys and its own copy of the value. */
export const applications = ['actions', 'dependabot', 'codespaces', 'agents'] as const;

export type Application = (typeof applications)[number];

export interface RepositoryScope {
  readonly kind: 'repository';
  readonly owner: string;
  readonly repository: string;
  readonly application: Application;
}

/** Environments know secrets of Actions only. */
export interface EnvironmentScope {
  readonly kind: 'environment';
  readonly owner: string;
  readonly repository: string;
  readonly environment: string;
  readonly application: 'actions';
}

export interface OrganizationScope {
  readonly kind: 'organization';
  readonly owner: string;
  readonly application: Application;
}

/** One concrete place that holds secrets, with a public key of its own. */
export type Scope = RepositoryScope | EnvironmentScope | OrganizationScope;

/** `acme/shop`, `acme/shop@prod`, `acme/shop:dependabot`, `org:acme:agents`: the form that `--to` takes. */
export function formatScope(scope: Scope): string {
  if (scope.kind === 'environment') return `${scope.owner}/${scope.repository}@${scope.environment}`;
  const place = scope.kind === 'organization' ? `org:${scope.owner}` : `${scope.owner}/${scope.repository}`;
  return scope.application === 'actions' ? place : `${place}:${scope.application}`;
}

/** Path of the API below which the scope's secrets stand. Names are encoded: an environment may be called `prod/eu`. */
export function secretsPath(scope: Scope): string {
  return `${scopePath(scope)}/secrets`;
}

/** As `secretsPath`, for variables; undefined where GitHub has none. */
export function variablesPath(scope: Scope): string | undefined {
  if (scope.application === 'dependabot' || scope.application === 'codespaces') return undefined;
  return `${scopePath(scope)}/variables`;
}

function scopePath(scope: Scope): string {
  if (scope.kind === 'organization') return `/orgs/${encodeURIComponent(scope.owner)}/${scope.application}`;
  const place = repositoryPath(scope);
  return scope.kind === 'environment'
    ? `${place}/environments/${encodeURIComponent(scope.environment)}`
    : `${place}/${scope.application}`;
}

export function repositoryPath(at: { readonly owner: string; readonly repository: string }): string {
  return `/repos/${encodeURIComponent(at.owner)}/${encodeURIComponent(at.repository)}`;
}

const secretPermissions = {
  actions: ['secrets', 'organization_secrets'],
  dependabot: ['dependabot_secrets', 'organization_dependabot_secrets'],
  codespaces: ['codespaces_secrets', 'organization_codespaces_secrets'],
  agents: ['agent_secrets', 'organization_agent_secrets'],
} as const satisfies Record<Application, readonly [string, string]>;

/**
 * Keys of the permissions, at level `write`, that writing here takes of an App or a fine-grained token.
 * https://docs.github.com/rest/authentication/permissions-required-for-github-apps
 */
export function permissionsFor(scope: Scope, alsoVariables: boolean): readonly string[] {
  if (scope.kind === 'environment') return ['environments'];
  const secret = secretPermissions[scope.application][scope.kind === 'organization' ? 1 : 0];
  if (!alsoVariables || variablesPath(scope) === undefined) return [secret];
  const variable = scope.application === 'agents' ? 'agent_variables' : 'actions_variables';
  return [secret, scope.kind === 'organization' ? `organization_${variable}` : variable];
}
