/** Who reads a secret on GitHub's side; each has its own keys and its own copy of the value. */
export const applications = ['actions', 'dependabot', 'codespaces', 'agents'] as const;

export type Application = (typeof applications)[number];

export interface RepositoryPlace {
  readonly kind: 'repository';
  readonly owner: string;
  readonly repository: string;
  readonly application: Application;
}

/** Environments know secrets of Actions only. */
export interface EnvironmentPlace {
  readonly kind: 'environment';
  readonly owner: string;
  readonly repository: string;
  readonly environment: string;
  readonly application: 'actions';
}

export interface OrganizationPlace {
  readonly kind: 'organization';
  readonly owner: string;
  readonly application: Application;
}

/** Where secrets stand, with a public key of its own. Not what GitHub calls the scope of a token. */
export type Place = RepositoryPlace | EnvironmentPlace | OrganizationPlace;

/** `acme/shop`, `acme/shop@prod`, `acme/shop:dependabot`, `org:acme:agents`: the form that `--to` takes. */
export function formatPlace(place: Place): string {
  if (place.kind === 'environment') return `${place.owner}/${place.repository}@${place.environment}`;
  const name = place.kind === 'organization' ? `org:${place.owner}` : `${place.owner}/${place.repository}`;
  return place.application === 'actions' ? name : `${name}:${place.application}`;
}

/** Path of the API below which the secrets of a place stand. Names are encoded: an environment may be called `prod/eu`. */
export function secretsPath(place: Place): string {
  return `${placePath(place)}/secrets`;
}

/** As `secretsPath`, for variables; undefined where GitHub has none. */
export function variablesPath(place: Place): string | undefined {
  if (place.application === 'dependabot' || place.application === 'codespaces') return undefined;
  return `${placePath(place)}/variables`;
}

function placePath(place: Place): string {
  if (place.kind === 'organization') return `/orgs/${encodeURIComponent(place.owner)}/${place.application}`;
  const path = repositoryPath(place);
  return place.kind === 'environment'
    ? `${path}/environments/${encodeURIComponent(place.environment)}`
    : `${path}/${place.application}`;
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
export function permissionsFor(place: Place, alsoVariables: boolean): readonly string[] {
  if (place.kind === 'environment') return ['environments'];
  const secret = secretPermissions[place.application][place.kind === 'organization' ? 1 : 0];
  if (!alsoVariables || variablesPath(place) === undefined) return [secret];
  const variable = place.application === 'agents' ? 'agent_variables' : 'actions_variables';
  return [secret, place.kind === 'organization' ? `organization_${variable}` : variable];
}
