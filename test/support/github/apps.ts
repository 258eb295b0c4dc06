import { createVerify, randomUUID } from 'node:crypto';
import type { Description } from '../github-description.js';
import { organizationNamed, sameName, type Accounts, type App } from './accounts.js';
import { missing, nothing, refusal, timeText, type Call, type Reply } from './reply.js';

/** Answers what only an App asks: its installations, tokens of them, and their end. Undefined for all else. */
export function answerApp(
  id: string,
  call: Call,
  bearer: string | undefined,
  { accounts, description }: { readonly accounts: Accounts; readonly description: Description },
): Reply | undefined {
  if (id === 'apps/revoke-installation-access-token') {
    return accounts.tokens.delete(bearer ?? '') ? nothing : refusal(401, 'Bad credentials');
  }
  if (!/^apps\/(get-\w+-installation|create-installation-access-token)$/.test(id)) return undefined;
  const app = appOf(accounts, bearer, call.now);
  if ('status' in app) return app;
  if (id === 'apps/create-installation-access-token') return mint(call, app, accounts);
  const account = call.parameters['org'] ?? call.parameters['username'] ?? call.parameters['owner'] ?? '';
  const isOrganization = organizationNamed(accounts, account) !== undefined;
  const installation = app.installations.find(({ owner }) => sameName(owner, account));
  if (!installation || (id === 'apps/get-user-installation') === isOrganization) return missing;
  const { id: number, repositoryIds } = installation;
  const body = description.complete('installation', {
    id: number,
    app_id: Number(app.id),
    repository_selection: repositoryIds ? 'selected' : 'all',
    permissions: app.permissions,
  });
  return { status: 200, body };
}

/** https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app */
function appOf(accounts: Accounts, jwt: string | undefined, now: number): App | Reply {
  const parts = (jwt ?? '').split('.');
  const refused = refusal(401, 'A JSON web token could not be decoded');
  if (parts.length !== 3) return refused;
  const [header, claims] = parts.slice(0, 2).map((part) => decoded(part));
  const app = accounts.apps.get(String(claims?.['iss']));
  if (header?.['alg'] !== 'RS256' || app === undefined) return refusal(404, 'Integration not found');
  const seconds = Math.floor(now / 1000);
  const [issued, expires] = [Number(claims?.['iat']), Number(claims?.['exp'])];
  if (!(issued <= seconds)) return refusal(401, "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"); // prettier-ignore
  if (!(expires > seconds)) return refusal(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"); // prettier-ignore
  if (expires - seconds > 600) return refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (app.publicKey === undefined) return refused;
  const isSigned = createVerify('RSA-SHA256')
    .update(parts.slice(0, 2).join('.'))
    .verify(String(app.publicKey), parts[2] ?? '', 'base64url');
  return isSigned ? app : refused;
}

function decoded(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

function mint(call: Call, app: App, accounts: Accounts): Reply {
  const installation = app.installations.find(({ id }) => id === Number(call.parameters['installation_id']));
  if (!installation) return missing;
  const { owner, repositoryIds } = installation;
  const open = accounts.repositories.filter(
    (one) => sameName(one.owner, owner) && (repositoryIds?.includes(one.id) ?? true),
  );
  const names = call.body['repositories'] as readonly string[] | undefined;
  const chosen = names?.map((name) => open.find((one) => sameName(one.name, name))) ?? open;
  if (chosen.includes(undefined) || (names?.length ?? 0) > 500) {
    return refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.'); // prettier-ignore
  }
  const permissions = (call.body['permissions'] ?? app.permissions) as Readonly<Record<string, string>>;
  const rank = (level: string | undefined) => ['read', 'write', 'admin'].indexOf(level ?? '');
  const beyond = Object.entries(permissions).filter(
    ([key, level]) => rank(level) > rank(app.permissions[key] ?? (key === 'metadata' ? 'read' : undefined)),
  );
  if (beyond.length > 0) return refusal(422, 'The permissions requested are not granted to this installation.');
  // The stateless form of 2026: an App's number, and a token of any length.
  const token = `ghs_${app.id}_eyJ${Buffer.from(randomUUID().repeat(8)).toString('base64url')}`;
  const expiresAt = call.now + 3_600_000;
  const repositories = chosen.flatMap((one) => one ?? []);
  accounts.tokens.set(token, {
    kind: 'installation',
    scopes: [],
    permissions,
    repositories,
    forbidden: [],
    owner,
    expiresAt,
  });
  return { status: 201, body: { token, expires_at: timeText(expiresAt), permissions } };
}
