import { createVerify } from 'node:crypto';
import { isoTime, json, noContent, notFound, refusal, type Answer, type Request } from './answer.js';
import type { GitHubApp, GitHubState } from './state.js';

/** Answers `/app/…`, `/installation/token` and `…/installation`; undefined when the path is none of them. */
export function answerApps(state: GitHubState, request: Request, now: number): Answer | undefined {
  const { method, segments } = request;
  const [first, second, third, fourth] = segments;
  if (method === 'DELETE' && first === 'installation' && second === 'token') {
    return request.token !== undefined && state.tokens.delete(request.token)
      ? noContent
      : refusal(401, 'Bad credentials');
  }
  const isLookup = method === 'GET' && segments.length === 3 && third === 'installation' && second !== undefined;
  const isMint = method === 'POST' && first === 'app' && second === 'installations' && fourth === 'access_tokens';
  if (!isMint && !(isLookup && (first === 'orgs' || first === 'users'))) return undefined;
  const app = verifyApp(state, request.token, now);
  if ('status' in app) return app;
  if (isMint) return mint(state, app, Number(third), request, now);
  const found = app.installations.find(({ owner }) => owner.toLowerCase() === second?.toLowerCase());
  const isOrganization = [...state.organizations].some((name) => name.toLowerCase() === second?.toLowerCase());
  if (!found || isOrganization !== (first === 'orgs')) return notFound;
  return json(200, { id: found.id, account: { login: found.owner }, app_id: Number(app.id) || 1 });
}

function verifyApp(state: GitHubState, jwt: string | undefined, now: number): GitHubApp | Answer {
  const [head, claims, signature] = jwt?.split('.') ?? [];
  const undecodable = refusal(401, 'A JSON web token could not be decoded');
  if (!head || !claims || !signature) return undecodable;
  const { iss, iat, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as Record<string, unknown>;
  const app = state.apps.get(String(iss));
  if (!app) return refusal(404, 'Integration not found');
  const seconds = now / 1000;
  if (typeof exp !== 'number' || exp <= seconds)
    return refusal(401, "'Expiration time' claim ('exp') is too far in the past");
  if (exp > seconds + 600) return refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  if (typeof iat !== 'number' || iat > seconds)
    return refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  const verify = createVerify('RSA-SHA256').update(`${head}.${claims}`);
  return app.publicKey && verify.verify(app.publicKey, signature, 'base64url') ? app : undecodable;
}

function mint(state: GitHubState, app: GitHubApp, id: number, request: Request, now: number): Answer {
  const installation = app.installations.find((one) => one.id === id);
  if (!installation) return notFound;
  const asked = (request.body?.['permissions'] ?? app.permissions) as Readonly<Record<string, string>>;
  const excess = Object.entries(asked).some(([name, level]) => {
    const granted = name === 'metadata' ? 'read' : app.permissions[name];
    return granted !== 'write' && granted !== level;
  });
  if (excess) return refusal(422, 'The permissions requested are not granted to this installation.');
  const reachable = state.repositories.filter(
    ({ owner, id: repositoryId }) =>
      owner.toLowerCase() === installation.owner.toLowerCase() &&
      (installation.repositoryIds?.includes(repositoryId) ?? true),
  );
  const names = request.body?.['repositories'] as readonly string[] | undefined;
  const chosen = names?.map((name) => reachable.find((one) => one.name.toLowerCase() === name.toLowerCase()));
  if (chosen?.includes(undefined)) {
    return refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  const value = `ghs_${app.id}_eyJhbGciOiJSUzI1NiJ9.${Buffer.from(`${id}:${state.tokens.size}:${now}`).toString('base64url')}`;
  const expiresAt = now + 3_600_000;
  state.tokens.set(value, {
    value,
    kind: 'installation',
    scopes: [],
    permissions: asked,
    repositoryIds: (chosen ?? reachable).flatMap((one) => (one ? [one.id] : [])),
    forbiddenIds: [],
    owner: installation.owner,
    expiresAt,
  });
  return json(201, { token: value, expires_at: isoTime(expiresAt), permissions: asked });
}
