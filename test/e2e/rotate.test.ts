import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtualClock, type VirtualClock } from '../../src/base/clock.js';
import type { Context } from '../../src/base/context.js';
import { LadingError } from '../../src/base/errors.js';
import { createHttp } from '../../src/base/http.js';
import { camelCase, type ValuesOf } from '../../src/base/input.js';
import type { ReportEvent } from '../../src/base/report.js';
import { rotate } from '../../src/commands/rotate.js';
import type { RotateResult } from '../../src/rotation/result.js';
import { startGitHub, type GitHubSandbox } from '../../src/sandbox/github/server.js';
import { createDescriptionCheck } from '../support/github-description.js';
import { ecrPassword, startEcr, type EcrStandIn } from '../support/ecr-stand-in.js';

type Values = ValuesOf<typeof rotate.inputs>;

const hour = 3_600_000;
const validate = createDescriptionCheck();
const appKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const appKey = appKeys.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
const appPublicKey = appKeys.publicKey.export({ type: 'spki', format: 'pem' });

let clock: VirtualClock;
let github: GitHubSandbox;
let ecr: EcrStandIn;
let cwd: string;
let events: ReportEvent[];
let http: ReturnType<typeof createHttp>;

beforeEach(async () => {
  clock = virtualClock(Date.UTC(2026, 10, 23, 12));
  github = await startGitHub({ clock, validate, pageLimit: 30, lagMs: 2500 });
  ecr = await startEcr(clock);
  cwd = await mkdtemp(join(tmpdir(), 'lading-rotate-'));
  events = [];
  http = createHttp({ env: {} });
});

afterEach(async () => {
  http.close();
  await Promise.all([github.close(), ecr.close(), rm(cwd, { recursive: true })]);
  // Whatever a test is about, each request must be one that GitHub describes.
  expect(github.violations).toEqual([]);
  expect(github.speed.refused).toBe(0);
  expect(JSON.stringify(events.filter(({ type }) => type !== 'mask'))).not.toContain(ecrPassword);
});

function context(extra: { env?: Record<string, string>; signal?: AbortSignal } = {}): Context {
  return {
    env: {
      GITHUB_API_URL: github.url,
      GH_TOKEN: 'github_pat_secret',
      AWS_ENDPOINT_URL_ECR: ecr.url,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLE',
      AWS_REGION: 'eu-central-1',
      HOME: cwd,
      ...extra.env,
    },
    cwd,
    http,
    exec: () => Promise.reject(new Error('nothing is run')),
    clock,
    report: (event) => void events.push(event),
    signal: extra.signal ?? new AbortController().signal,
  };
}

function values(given: Partial<Values>): Values {
  const defaults = Object.entries(rotate.inputs).map(([name, { default: value }]) => [
    camelCase(name),
    value as unknown,
  ]);
  return { ...Object.fromEntries(defaults), ...given } as Values;
}

async function run(given: Partial<Values>, extra?: Parameters<typeof context>[0]) {
  const result = await rotate.run(values(given), context(extra));
  expect(JSON.stringify(result)).not.toContain(ecrPassword);
  return { result, exit: rotate.exitCode?.(result) };
}

async function failure(given: Partial<Values>, extra?: Parameters<typeof context>[0]): Promise<LadingError> {
  const error = await rotate.run(values(given), context(extra)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(LadingError);
  return error as LadingError;
}

const everything = {
  secrets: 'write', environments: 'write', dependabot_secrets: 'write', codespaces_secrets: 'write', agent_secrets: 'write',
  organization_secrets: 'write', organization_dependabot_secrets: 'write', organization_codespaces_secrets: 'write',
  organization_agent_secrets: 'write', actions_variables: 'write', agent_variables: 'write',
  organization_actions_variables: 'write', organization_agent_variables: 'write', actions: 'read',
}; // prettier-ignore

function writesOf(): readonly string[] {
  return github.exchanges.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
}

describe('every kind of place', () => {
  const places = [
    'acme/shop', 'acme/shop:dependabot', 'acme/shop:codespaces', 'acme/shop:agents', 'acme/shop@prod/eu',
    'org:acme', 'org:acme:dependabot', 'org:acme:codespaces', 'org:acme:agents',
  ]; // prettier-ignore

  beforeEach(() => {
    github.addOrganization('acme');
    github.addRepository('acme/shop', { environments: ['prod/eu'] });
    github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
  });

  it.each(places)('%s holds the password, and its variables say when it expires', async (place) => {
    const { result, exit } = await run({ to: [place], visibility: 'private', variables: true });
    expect(exit).toBe(0);
    expect(result.secrets).toMatchObject([{ place, secret: 'ECR_PASSWORD', action: 'created' }]);
    expect(github.secret(place, 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    const expiry = github.variable(place, 'ECR_PASSWORD_EXPIRES_AT');
    if (/dependabot|codespaces/.test(place)) expect(expiry).toBeUndefined();
    else {
      expect(Math.abs(Date.parse(expiry ?? '') - clock.now() - 12 * hour)).toBeLessThan(60_000);
      expect(github.variable(place, 'ECR_USERNAME')).toBe('AWS');
      expect(github.variable(place, 'ECR_REGISTRY')).toBe(new URL(ecr.url).host);
    }
  });

  it('all in one run take one call to ECR', async () => {
    const { result } = await run({ to: places, visibility: 'all' });
    expect(result.secrets.map(({ action }) => action)).toEqual(places.map(() => 'created'));
    expect(ecr.asked).toEqual(['eu-central-1']);
    expect(github.speed.closestWrites).toBeGreaterThanOrEqual(1000);
  });

  it.each(['actions', 'dependabot', 'codespaces', 'agents'])(
    'an organization’s secret of %s keeps who may read it',
    async (application) => {
      const place = application === 'actions' ? 'org:acme' : `org:acme:${application}`;
      const { id } = github.addRepository('acme/other');
      github.putSecret(place, {
        name: 'ECR_PASSWORD', value: 'old', updatedAt: clock.now() - 4 * hour, visibility: 'selected', repositoryIds: [id],
      }); // prettier-ignore
      await run({ to: [place] });
      expect(github.secret(place, 'ECR_PASSWORD')).toMatchObject({
        value: ecrPassword,
        visibility: 'selected',
        repositoryIds: [id],
      });
      // Asked to be selected, with no word about which: those of before.
      await run({ to: [place], visibility: 'selected', force: true });
      expect(github.secret(place, 'ECR_PASSWORD')?.repositoryIds).toEqual([id]);
      await run({ to: [place], visibility: 'selected', selectedRepository: ['acme/shop'], force: true });
      expect(github.secret(place, 'ECR_PASSWORD')?.repositoryIds).toEqual([id - 1]);
    },
  );

  it('a new secret of an organization must say who may read it', async () => {
    const error = await failure({ to: ['org:acme'] });
    expect(error).toMatchObject({ code: 'NO_VISIBILITY', exitCode: 2 });
    expect(writesOf()).toEqual([]);
  });

  it('several registries fill several secrets', async () => {
    await run({
      to: ['acme/shop'],
      registry: ['A=111111111111.eu-west-1', 'B=222222222222.us-east-1', 'C=111111111111.eu-west-1'],
    });
    expect(ecr.asked).toEqual(['eu-west-1', 'us-east-1']);
    expect(['A', 'B', 'C'].map((name) => github.secret('acme/shop', name)?.value)).toEqual(Array(3).fill(ecrPassword));
  });

  it('a key that GitHub changed since it was read is read once more', async () => {
    github.addFault(({ method, path }) => {
      if (method === 'PUT' && github.exchanges.filter((seen) => seen.method === 'PUT').length === 0) {
        github.renewKey('acme/shop');
      }
      return path === '/never' ? 'hang' : undefined;
    });
    const { result } = await run({ to: ['acme/shop'] });
    expect(result.secrets[0]?.action).toBe('created');
    expect(writesOf()).toHaveLength(2);
    expect(github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
  });
});

describe('who may read an organization’s secret', () => {
  const count = 130;
  let ids: number[];

  beforeEach(() => {
    github.addOrganization('acme');
    ids = Array.from({ length: count }, (_, index) => github.addRepository(`acme/app-${index}`).id);
    github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
    github.putSecret('org:acme', {
      name: 'ECR_PASSWORD', value: 'old', updatedAt: clock.now() - 4 * hour, visibility: 'selected', repositoryIds: ids,
    }); // prettier-ignore
  });

  const readers = () => [...(github.secret('org:acme', 'ECR_PASSWORD')?.repositoryIds ?? [])].sort((a, b) => a - b);

  it('stays as it is over pages that are shorter than asked for', async () => {
    expect((await run({ to: ['org:acme'] })).exit).toBe(0);
    expect(github.secret('org:acme', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    expect(readers()).toEqual(ids);
  });

  it('is what it is at the moment of the write, not what it was when the run began', async () => {
    const late = github.addRepository('acme/late').id;
    github.addFault(({ path }) => {
      // Someone gives access while ECR is asked for the password.
      if (path.endsWith('/public-key')) {
        github.selectRepositories('org:acme', 'ECR_PASSWORD', [...ids, late]);
        clock.advance(3000);
      }
      return undefined;
    });
    expect((await run({ to: ['org:acme'] })).exit).toBe(0);
    expect(readers()).toEqual([...ids, late]);
  });

  it('is mended when GitHub shows only after the write who was let in before it', async () => {
    const late = github.addRepository('acme/late').id;
    github.addFault(({ path }) => {
      if (path.endsWith('/public-key')) {
        github.selectRepositories('org:acme', 'ECR_PASSWORD', [...ids, late]);
        clock.advance(1200);
      }
      return undefined;
    });
    expect((await run({ to: ['org:acme'] })).exit).toBe(0);
    expect(writesOf().at(-1)).toBe(`PUT /orgs/acme/actions/secrets/ECR_PASSWORD/repositories/${late}`);
    expect(readers()).toEqual([...ids, late]);
  });

  it('is not written from a listing that does not hold all that it counts', async () => {
    github.addFault(({ path, query }) =>
      path.endsWith('/repositories') && query.get('page') === '3'
        ? { status: 200, body: { total_count: count, repositories: [] } }
        : undefined,
    );
    const error = await failure({ to: ['org:acme'] });
    expect(error).toMatchObject({ code: 'INCOMPLETE_LISTING', exitCode: 4 });
    expect(error.message).toContain('60 of 130');
    expect(writesOf()).toEqual([]);
    expect(readers()).toEqual(ids);
  });

  it('is not emptied by being selected without a word about which', async () => {
    github.putSecret('org:acme', { name: 'OPEN', value: 'old', updatedAt: clock.now() - 4 * hour, visibility: 'all' });
    for (const secret of ['OPEN', 'NEW']) {
      const error = await failure({ to: ['org:acme'], secret, visibility: 'selected' });
      expect(error).toMatchObject({ code: 'NO_SELECTION', exitCode: 2 });
    }
    expect(writesOf()).toEqual([]);
  });
});

describe('freshness', () => {
  beforeEach(() => {
    github.addRepository('acme/shop');
    github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
  });

  it('leaves a young secret alone and asks ECR for nothing', async () => {
    github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'young', updatedAt: clock.now() - 2 * hour });
    const { result } = await run({ to: ['acme/shop'] });
    expect(result.secrets[0]).toMatchObject({ action: 'fresh', ageSeconds: 7200 });
    expect(github.exchanges).toHaveLength(1);
    expect(ecr.asked).toEqual([]);
    await run({ to: ['acme/shop'], force: true });
    expect(github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
  });

  it('--dry-run tells and changes nothing', async () => {
    const { result, exit } = await run({ to: ['acme/shop'], dryRun: true });
    expect([result.mode, result.secrets[0]?.action, exit]).toEqual(['dry-run', 'planned', 0]);
    expect([writesOf(), ecr.asked]).toEqual([[], []]);
  });

  it('--check says how old each is and exits with 10 when one is stale or the schedule did not run', async () => {
    const extra = { env: { GITHUB_REPOSITORY: 'acme/shop' } };
    github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'x', updatedAt: clock.now() - 7 * hour });
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', {
      state: 'active',
      runs: [{ createdAt: clock.now() - 7 * hour, conclusion: 'success' }],
    });
    const young = await run({ to: ['acme/shop'], check: true }, extra);
    expect([young.exit, young.result.secrets[0]?.action, young.result.schedule?.verdict]).toEqual([
      0,
      'fresh',
      'on time',
    ]);
    clock.advance(2 * hour);
    const old = await run({ to: ['acme/shop'], check: true }, extra);
    expect([old.exit, old.result.secrets[0]?.action, old.result.schedule?.verdict]).toEqual([10, 'stale', 'late']);
    expect([writesOf(), ecr.asked]).toEqual([[], []]);
  });

  it.each([
    ['one that is on does not hide that the last one failed', [null, 'failure'], 'failed', 10],
    ['one that was skipped or cancelled says nothing', ['skipped', 'cancelled', 'success'], 'on time', 0],
    ['a success after a failure is well', ['success', 'failure'], 'on time', 0],
  ] as const)('--check looks at the last run: %s', async (_, ends, verdict, exit) => {
    github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'x', updatedAt: clock.now() - hour });
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', {
      state: 'active',
      runs: ends.map((conclusion, index) => ({ createdAt: clock.now() - (index + 1) * 600_000, conclusion })),
    });
    const checked = await run({ to: ['acme/shop'], check: true }, { env: { GITHUB_REPOSITORY: 'acme/shop' } });
    expect([checked.result.schedule?.verdict, checked.exit]).toEqual([verdict, exit]);
    expect(rotate.text?.(checked.result)).toContain(verdict);
  });
});

describe('a large organization', () => {
  const count = 400;

  beforeEach(() => {
    github.addOrganization('acme');
    for (let index = 0; index < count; index++) {
      github.addRepository(`acme/app-${index}`, { archived: index === 7, topics: index % 2 ? ['ecr'] : [] });
    }
    github.addToken('github_pat_secret', 'fine-grained', { permissions: everything, forbidden: ['acme/app-3'] });
  });

  it('gets through a limit, a kill, and what is forbidden, renamed or archived', { timeout: 60_000 }, async () => {
    const names = Array.from({ length: count }, (_, index) => `acme/app-${index}`);
    github.rename('acme/app-5', 'app-five');
    // A secondary limit in the middle, and the kill.
    const killer = new AbortController();
    let puts = 0;
    github.addFault(({ method }) => {
      if (method === 'PUT') puts++;
      if (puts === 100 && method === 'PUT') {
        puts++;
        return {
          status: 403,
          headers: { 'retry-after': '90' },
          body: { message: 'You have exceeded a secondary rate limit.' },
        };
      }
      if (puts === 200) killer.abort();
      return undefined;
    });
    const error = await failure({ to: names, force: true }, { signal: killer.signal });
    expect(error.exitCode).toBe(130);
    const first = names.filter((name) => name !== 'acme/app-5' && github.secret(name, 'ECR_PASSWORD')).length;
    expect(first).toBeGreaterThan(190);
    expect(existsSync(join(cwd, '.lading/rotate.jsonl'))).toBe(true);
    expect(events.some((event) => event.type === 'message' && /secondary limit: waiting 1m30s/.test(event.text))).toBe(
      true,
    );

    const before = writesOf().length;
    const { result, exit } = await run({ to: names, force: true });
    const told = result.secrets.filter(({ error: cause, movedFrom }) => cause || movedFrom);
    expect(
      told.map(({ place, action, movedFrom, error: cause }) => [place, action, movedFrom ?? cause?.code]).sort(),
    ).toEqual([
      ['acme/app-3', 'failed', 'FORBIDDEN'],
      ['acme/app-7', 'failed', 'ARCHIVED'],
      ['acme/app-five', 'done', 'acme/app-5'],
    ]);
    expect(exit).toBe(3);
    // What the first run wrote is not written again, though all was to be forced.
    expect(writesOf().length - before).toBeLessThan(count - 195 + 3);
    for (const name of names) {
      if (['acme/app-3', 'acme/app-7'].includes(name)) continue;
      expect(github.secret(name.replace(/app-5$/, 'app-five'), 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    }
    expect(ecr.asked).toHaveLength(2);
    expect(github.speed.closestWrites).toBeGreaterThanOrEqual(1000);
    expect(existsSync(join(cwd, '.lading/rotate.jsonl'))).toBe(false);
  });

  it('finds repositories by pattern and by topic, and leaves archived ones out', async () => {
    const pattern = await run({ to: ['acme/app-1?'], dryRun: true });
    expect(pattern.result.secrets.filter(({ action }) => action === 'planned')).toHaveLength(10);
    const topic = await run({ to: ['topic:ecr'], dryRun: true }, { env: { GITHUB_REPOSITORY_OWNER: 'acme' } });
    expect(topic.result.secrets.filter(({ action }) => action === 'planned')).toHaveLength(198);
    expect(topic.result.secrets.find(({ action }) => action === 'skipped')).toMatchObject({
      place: 'acme/app-7',
      error: { code: 'ARCHIVED' },
    });
    expect(topic.exit).toBe(3);
  });
});

describe('a bad day at GitHub', () => {
  const names = Array.from({ length: 6 }, (_, index) => `acme/app-${index}`);

  async function restart(perHour?: number): Promise<void> {
    await github.close();
    github = await startGitHub({
      clock,
      validate,
      pageLimit: 30,
      lagMs: 2500,
      ...(perHour !== undefined && { perHour }),
    });
    for (const name of names) github.addRepository(name);
    github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
  }

  it('a used-up budget is waited for before a request is refused', async () => {
    await restart(15);
    const started = clock.now();
    const { exit } = await run({ to: names });
    expect(exit).toBe(0);
    expect(clock.now() - started).toBeGreaterThan(hour);
    expect(github.exchanges.filter(({ answer }) => answer.status === 403)).toEqual([]);
  });

  it('a 502 and a cut connection in the middle of a write are survived', async () => {
    await restart();
    let puts = 0;
    github.addFault(({ method }) => {
      if (method !== 'PUT') return undefined;
      puts++;
      return puts === 2 ? { status: 502, body: { message: 'Server Error' } } : puts === 4 ? 'cut' : undefined;
    });
    const { result, exit } = await run({ to: names });
    expect([exit, result.secrets.every(({ action }) => action === 'created')]).toEqual([0, true]);
    expect(puts).toBe(names.length + 2);
  });

  it('a limit that does not end is given up, and not tried again with the next repository', async () => {
    await restart();
    github.addFault(({ method }) =>
      method === 'PUT' ? { status: 429, body: { message: 'You have exceeded a secondary rate limit.' } } : undefined,
    );
    const error = await failure({ to: names });
    expect(error).toMatchObject({ code: 'RATE_LIMITED', exitCode: 4 });
    const { result } = error as unknown as { result: RotateResult };
    expect(result.secrets.map(({ action }) => action)).toEqual(names.map(() => 'untried'));
    expect(events.filter((event) => event.type === 'message' && event.level === 'error')).toEqual([]);
    expect(writesOf()).toHaveLength(6);
  });

  it('a variable that is refused leaves the secret written, and is told', async () => {
    await restart();
    const permissions = { secrets: 'write' };
    github.addToken('github_pat_secret', 'fine-grained', { permissions });
    const { result, exit } = await run({ to: names.slice(0, 2), variables: true });
    expect(exit).toBe(3);
    expect(result.secrets.map(({ action, error }) => [action, error?.message.slice(0, 33)])).toEqual(
      Array(2).fill(['failed', 'write the variable ECR_REGISTRY o']),
    );
    expect(github.secret('acme/app-1', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
  });

  it('a token that dies in the middle ends the run once, and the next run goes on there', async () => {
    await restart();
    github.addFault(({ method, path }) =>
      method === 'PUT' && path.includes('app-3/') ? { status: 401, body: { message: 'Bad credentials' } } : undefined,
    );
    const error = await failure({ to: names });
    expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
    const { result } = error as unknown as { result: RotateResult };
    expect(result.secrets.map(({ action }) => action)).toEqual([
      ...Array<string>(3).fill('created'),
      ...Array<string>(3).fill('untried'),
    ]);
    expect(events.filter((event) => event.type === 'message' && event.level === 'error')).toEqual([]);
    await restart();
    const next = await run({ to: names, force: true });
    expect(next.result.secrets.filter(({ action }) => action === 'created')).toHaveLength(6);
  });

  it('a dead token is told once, before anything is asked of ECR', async () => {
    await restart();
    const error = await failure({ to: names, githubToken: 'ghp_gone' });
    expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
    expect([github.exchanges.length, ecr.asked]).toEqual([1, []]);
  });

  it('a write that never shows is no success', async () => {
    await restart();
    github.putSecret('acme/app-1', { name: 'ECR_PASSWORD', value: 'old', updatedAt: clock.now() - 4 * hour });
    github.addFault(({ method, path }) => (method === 'PUT' && path.includes('app-1/') ? { status: 204 } : undefined));
    const started = clock.now();
    const { result, exit } = await run({ to: names });
    expect(exit).toBe(4);
    expect(result.secrets.filter(({ action }) => action === 'created')).toHaveLength(5);
    expect(result.secrets.find(({ action }) => action === 'failed')).toMatchObject({
      place: 'acme/app-1',
      error: { code: 'NOT_STORED' },
    });
    expect(clock.now() - started).toBeGreaterThan(30_000);
  });

  it('an answer that is cut off is asked for again', async () => {
    await restart();
    let cuts = 0;
    github.addFault(({ method }) => (method === 'GET' && cuts++ < 2 ? 'cut' : undefined));
    expect((await run({ to: names.slice(0, 1) })).exit).toBe(0);
  });

  it('who is asked to wait for days gives up, and says so', async () => {
    await restart();
    github.addFault(({ method }) =>
      method === 'PUT' ? { status: 403, headers: { 'retry-after': '999999' }, body: { message: 'wait' } } : undefined,
    );
    const started = clock.now();
    const error = await failure({ to: names });
    expect(error).toMatchObject({ code: 'RATE_LIMITED', exitCode: 4 });
    expect(error.message).toContain('asks us to wait 277h46m');
    expect(clock.now() - started).toBeLessThan(hour);
  });

  it('what still fails after four tries is told, and the others are written', async () => {
    await restart();
    github.addFault(({ method, path }) =>
      method === 'PUT' && path.includes('app-2/') ? { status: 500, body: { message: 'Oops' } } : undefined,
    );
    const { result, exit } = await run({ to: names });
    expect(exit).toBe(4);
    expect(result.secrets.filter(({ action }) => action === 'created')).toHaveLength(5);
    expect(result.secrets.find(({ action }) => action === 'failed')).toMatchObject({
      place: 'acme/app-2',
      error: { code: 'HTTP_500', message: 'write the secret ECR_PASSWORD of acme/app-2: GitHub answered 500: Oops' },
    });
  });
});

describe('a GitHub App', () => {
  beforeEach(() => {
    github.addOrganization('acme');
    github.addRepository('acme/shop');
    github.addRepository('acme/other');
    github.addRepository('someone/else');
  });

  const asApp = { githubAppId: '4711', githubAppKey: appKey };
  const permissions = { secrets: 'write', metadata: 'read' };
  const installations = [{ id: 99, owner: 'acme' }];

  it('gets the narrowest token, and revokes it', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    await run({ to: ['acme/shop'], ...asApp });
    expect(github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    const asked = github.exchanges.filter(({ path }) => path.endsWith('/access_tokens')).map(({ body }) => body);
    expect(asked).toEqual([{ permissions: { secrets: 'write' }, repositories: ['shop'] }]);
    expect(github.liveTokens()).toEqual([]);
  });

  it('finds repositories by what it is installed on', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    const { result } = await run({ to: ['acme/*'], ...asApp });
    expect(result.secrets.map(({ place }) => place).sort()).toEqual(['acme/other', 'acme/shop']);
    expect(github.liveTokens()).toEqual([]);
  });

  it('takes its key as base64 and with escaped line breaks', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    const forms = [appKey.replaceAll('\n', '\\n'), Buffer.from(appKey).toString('base64')];
    for (const githubAppKey of forms) {
      await run({ to: ['acme/shop'], force: true, githubAppId: '4711', githubAppKey });
    }
    expect(ecr.asked).toHaveLength(2);
  });

  it('renews a token that expires in the middle of a long run', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    github.addFault(({ method }) => void (method === 'PUT' && clock.advance(50 * 60_000)));
    const { exit } = await run({ to: ['acme/shop', 'acme/other'], ...asApp });
    expect(exit).toBe(0);
    expect(github.exchanges.filter(({ path }) => path.endsWith('/access_tokens')).length).toBeGreaterThan(1);
  });

  it('checks with a right to read alone', async () => {
    github.addApp('4711', appPublicKey as string, { permissions: { secrets: 'read', actions: 'read' }, installations });
    github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', { state: 'disabled_inactivity', runs: [] });
    const env = { GITHUB_REPOSITORY: 'acme/shop' };
    const { result, exit } = await run({ to: ['acme/shop'], check: true, ...asApp }, { env });
    expect([exit, result.secrets[0]?.action, result.schedule]).toEqual([
      10,
      'missing',
      { workflow: 'rotate-ecr-password.yml', verdict: 'disabled', state: 'disabled_inactivity' },
    ]);
    const asked = github.exchanges.filter(({ path }) => path.endsWith('/access_tokens')).map(({ body }) => body);
    expect(asked).toMatchObject([{ permissions: { secrets: 'read' } }, { permissions: { actions: 'read' } }]);
    expect(github.liveTokens()).toEqual([]);
  });

  it('signs by GitHub’s clock where ours is wrong', async () => {
    for (const clockSkewMs of [-40 * 60_000, 3 * hour]) {
      await github.close();
      github = await startGitHub({ clock, validate, pageLimit: 30, lagMs: 2500, clockSkewMs });
      github.addOrganization('acme');
      github.addRepository('acme/shop');
      github.addApp('4711', appPublicKey as string, { permissions, installations });
      const before = events.length;
      const { result } = await run({ to: ['acme/shop'], ...asApp });
      expect(result.secrets[0]?.action).toBe('created');
      const told = events.slice(before).flatMap((event) => (event.type === 'message' ? [event.text] : []));
      expect(told.filter((text) => text.includes('GitHub’s'.replace('’', "'")))).toEqual([
        expect.stringMatching(clockSkewMs > 0 ? /clock is 3h00m behind/ : /clock is (39m59s|40m00s) ahead of/),
      ]);
      // By our own clock it would be old, or from tomorrow.
      expect((await run({ to: ['acme/shop'], ...asApp })).result.secrets[0]).toMatchObject({ action: 'fresh' });
    }
  });

  it('is told the truth about an organization’s Codespaces, and the other places are written', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    const { result, exit } = await run({ to: ['org:acme:codespaces', 'acme/shop'], visibility: 'all', ...asApp });
    expect([exit, result.secrets.map(({ place, action, error }) => [place, action, error?.code])]).toEqual([
      3,
      [
        ['acme/shop', 'created', undefined],
        ['org:acme:codespaces', 'failed', 'NOT_FOR_APPS'],
      ],
    ]);
  });

  it('says that its key was deleted', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations }).publicKey = undefined;
    expect(await failure({ to: ['acme/shop'], ...asApp })).toMatchObject({ code: 'APP_KEY_REFUSED', exitCode: 3 });
  });

  it('says where it is not installed, and what it was not granted', async () => {
    github.addApp('4711', appPublicKey as string, { permissions, installations });
    expect(await failure({ to: ['someone/else'], ...asApp })).toMatchObject({ code: 'APP_NOT_INSTALLED', exitCode: 3 });
    const error = await failure({ to: ['acme/shop:dependabot'], ...asApp });
    expect(error).toMatchObject({ code: 'APP_PERMISSION_MISSING', exitCode: 3 });
    expect(error.hint).toContain('dependabot_secrets=write');
    expect(writesOf().filter((line) => line.startsWith('PUT'))).toEqual([]);
  });
});

describe('mistakes', () => {
  beforeEach(() => {
    github.addRepository('acme/shop', { environments: ['prod'] });
    github.addToken('github_pat_secret', 'fine-grained', { permissions: { secrets: 'read', environments: 'write' } });
    github.addToken('ghp_classic', 'classic', { scopes: [] });
    github.addToken('ghs_15368_job', 'job');
  });

  afterEach(() => expect(writesOf().filter((line) => !line.startsWith('PUT'))).toEqual([]));

  it('the token of the job is refused before any request', async () => {
    const stateless = await failure({ to: ['acme/shop'], githubToken: 'ghs_15368_job' });
    const named = await failure(
      { to: ['acme/shop'] },
      { env: { GH_TOKEN: '', GITHUB_TOKEN: 'ghs_x', GITHUB_ACTIONS: 'true' } },
    );
    for (const error of [stateless, named]) {
      expect(error).toMatchObject({ code: 'JOB_TOKEN', exitCode: 3 });
      expect(error.hint).toContain('github-app-id');
    }
    expect(github.exchanges).toEqual([]);
  });

  it('no token at all', async () => {
    expect(await failure({ to: ['acme/shop'] }, { env: { GH_TOKEN: '' } })).toMatchObject({
      code: 'NO_TOKEN',
      exitCode: 3,
    });
  });

  it('a missing permission is named in GitHub’s words', async () => {
    const error = await failure({ to: ['acme/shop'] });
    expect(error).toMatchObject({ code: 'FORBIDDEN', exitCode: 3 });
    expect(error.message).toContain('Resource not accessible by personal access token (needs secrets=write)');
    expect(github.secret('acme/shop', 'ECR_PASSWORD')).toBeUndefined();
  });

  it('a missing scope of a classic token is named', async () => {
    const error = await failure({ to: ['acme/shop'], githubToken: 'ghp_classic' });
    expect([error.exitCode, error.hint]).toEqual([3, 'Give the token one of the scopes repo.']);
  });

  it('a token that GitHub does not know', async () => {
    const error = await failure({ to: ['acme/shop'], githubToken: 'ghp_gone' });
    expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
  });

  it('an environment that is not there', async () => {
    const error = await failure({ to: ['acme/shop@staging/eu'] });
    expect(error).toMatchObject({ code: 'NO_ENVIRONMENT', exitCode: 4 });
    expect(error.hint).toContain('environments/staging%2Feu');
    expect([writesOf(), ecr.asked]).toEqual([[], []]);
  });

  it('a repository that is not there', async () => {
    expect(await failure({ to: ['acme/shopp'] })).toMatchObject({ code: 'NOT_FOUND', exitCode: 4 });
  });

  it('a pattern that means nothing', async () => {
    const error = await failure({ to: ['acme/zzz*'] });
    expect(error).toMatchObject({ code: 'NO_MATCH', exitCode: 2 });
    expect(error.message).toContain('none of the 1 repositories of acme');
  });

  it('all mistakes in the inputs at once', async () => {
    const error = await failure({
      to: ['acme', 'acme/shop:aktions'], secret: '1X', registry: ['eu-west-1'], application: ['action'],
      selectedRepository: ['acme/shop'],
    }); // prettier-ignore
    expect(error.exitCode).toBe(2);
    expect((error.details?.['issues'] as unknown[]).length).toBe(6);
    expect(github.exchanges).toEqual([]);
  });

  it('a state file that the repository holds as a link', async () => {
    const victim = join(cwd, 'precious.txt');
    await writeFile(victim, 'precious\n');
    await mkdir(join(cwd, '.lading'));
    await symlink(victim, join(cwd, '.lading/rotate.jsonl'));
    const error = await failure({ to: ['acme/shop@prod'], stateFile: join(cwd, '.lading/rotate.jsonl') });
    expect(error).toMatchObject({ code: 'STATE_FILE', exitCode: 2 });
    expect(await readFile(victim, 'utf8')).toBe('precious\n');
    expect([writesOf(), ecr.asked]).toEqual([[], []]);
  });

  it('a token or a key where a name belongs is not shown again', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const wrong: readonly Partial<Values>[] = [
      { to: [token] },
      { to: [`acme/${token}`] },
      { to: ['acme/shop'], secret: token },
      { to: ['acme/shop'], registry: [token] },
      { to: ['acme/shop'], image: [token] },
      { to: ['acme/shop'], application: [token] },
      { to: ['acme/shop'], workflow: token, check: true },
      { to: ['acme/shop'], githubAppId: token, githubAppKey: appKey },
      { to: ['acme/shop'], githubAppId: '4711', githubAppKeyFile: appKey },
    ];
    for (const given of wrong) {
      const error = await failure(given);
      expect([error.exitCode, error.message]).toEqual([2, expect.stringContaining('(not shown)')]);
      const shown = JSON.stringify([error.message, error.hint, error.details]);
      expect(shown).not.toContain(token);
      expect(shown).not.toContain(appKey.slice(40, 60));
    }
    expect(github.exchanges).toEqual([]);
  });

  it('a password that opens the registry and not the image is not written', async () => {
    ecr.manifest = 'denied';
    const error = await failure({ to: ['acme/shop@prod'], image: ['ci/node:22'] });
    expect(error).toMatchObject({ code: 'CANNOT_PULL', exitCode: 3 });
    expect(error.message).toContain('not authorized to perform: ecr:BatchGetImage');
    expect(error.hint).toContain('ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer');
    expect(writesOf()).toEqual([]);
    ecr.manifest = 'missing';
    // The image says nothing of the password.
    expect((await run({ to: ['acme/shop@prod'], image: ['ci/node:22'] })).exit).toBe(0);
    expect(ecr.pulled).toEqual(Array(2).fill('/v2/ci/node/manifests/22'));
  });

  it('a password that the registry refuses is not written', async () => {
    ecr.refusePassword = true;
    const error = await failure({ to: ['acme/shop@prod'] });
    expect(error).toMatchObject({ code: 'PASSWORD_REFUSED', exitCode: 3 });
    expect(writesOf()).toEqual([]);
  });
});

describe('secrecy', () => {
  it('masks the password and its other forms before anything else, and tells neither token nor key', async () => {
    github.addRepository('acme/shop');
    github.addOrganization('acme');
    const installations = [{ id: 99, owner: 'acme' }];
    github.addApp('4711', appPublicKey as string, { permissions: { secrets: 'write' }, installations });
    const { result } = await run({ to: ['acme/shop'], githubAppId: '4711', githubAppKey: appKey });
    const masked = events.flatMap((event) => (event.type === 'mask' ? [event.value] : []));
    expect(masked).toContain(ecrPassword);
    expect(masked).toContain(Buffer.from(`AWS:${ecrPassword}`).toString('base64'));
    expect(masked).toContain(appKey);
    const shown = JSON.stringify([result, events.filter(({ type }) => type !== 'mask')]) + rotate.text?.(result);
    for (const secret of masked) expect(shown.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
  });
});

describe('the command line', () => {
  async function lading(argv: readonly string[], env: Record<string, string> = {}) {
    const { runCli } = await import('../../src/entry/cli.js');
    const out = { stdout: '', stderr: '' };
    const code = await runCli(argv, {
      env: { ...context().env, ...env },
      cwd,
      signal: new AbortController().signal,
      clock,
      stdout: { write: (text) => void (out.stdout += text) },
      stderr: { write: (text) => void (out.stderr += text), isTTY: false },
    });
    return { code, ...out };
  }

  beforeEach(() => {
    github.addRepository('acme/shop');
    github.addToken('github_pat_11SECRET', 'fine-grained', { permissions: everything });
  });

  it('shows neither password nor token, however much it is asked to say', async () => {
    const env = { LADING_GITHUB_TOKEN: 'github_pat_11SECRET' };
    const run = await lading(['rotate', '--to', 'acme/shop', '--json', '--verbose', '--variables'], env);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      mode: 'rotate',
      secrets: [{ action: 'created', place: 'acme/shop' }],
    });
    const all = run.stdout + run.stderr;
    for (const secret of [ecrPassword, Buffer.from(`AWS:${ecrPassword}`).toString('base64'), 'github_pat_11SECRET']) {
      expect(all).not.toContain(secret);
    }
    expect(github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
  });

  it('takes no token as a flag', async () => {
    const run = await lading(['rotate', '--to', 'acme/shop', '--github-token', 'github_pat_11SECRET']);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('LADING_GITHUB_TOKEN');
    expect(run.stderr).not.toContain('github_pat_11SECRET');
    expect(github.exchanges).toEqual([]);
  });

  it('reads lading.yml', async () => {
    await writeFile(join(cwd, 'lading.yml'), 'rotate:\n  to:\n    - acme/shop:dependabot\n  secret: PULL\n');
    const run = await lading(['rotate'], { GH_TOKEN: 'github_pat_11SECRET' });
    expect([run.code, run.stdout]).toEqual([
      0,
      expect.stringMatching(/^created {2}acme\/shop:dependabot {2}PULL {2}expires /),
    ]);
    expect(github.secret('acme/shop:dependabot', 'PULL')?.value).toBe(ecrPassword);
  });

  it('tells a failure with its hint, and exits by the contract', async () => {
    const run = await lading(['rotate', '--to', 'acme/shop'], { GH_TOKEN: 'ghs_15368_x' });
    expect(run.code).toBe(3);
    expect(run.stderr).toContain('neither secrets nor variables');
    expect(run.stderr).toContain('github-app-id');
  });
});

describe('the action', () => {
  async function step(inputs: Record<string, string>): Promise<{ code: number; text: string }> {
    const { runAction } = await import('../../src/entry/action.js');
    const out = { text: '' };
    const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value] as const);
    const code = await runAction('rotate', {
      env: { ...context().env, GH_TOKEN: '', ...Object.fromEntries(given) },
      cwd,
      signal: new AbortController().signal,
      write: (text) => void (out.text += text),
    });
    return { code, ...out };
  }

  it.each([
    [{ to: 'acme/shop' }, 3, 'input github-app-id and input github-app-key'],
    [{ to: 'acme/shop', 'github-app-id': '4711' }, 2, 'input github-app-key-file: is missing'],
    [{ to: 'acme/shop', 'selected-repository': 'acme/a' }, 2, 'is only for input visibility selected'],
    [{}, 2, 'Give input to or `rotate.to` in lading.yml'],
  ])('names its inputs, as %j', async (inputs, exit, words) => {
    const { code, text } = await step(inputs);
    expect([code, text]).toEqual([exit, expect.stringContaining(words)]);
    expect(text).not.toMatch(/LADING_(?!GITHUB_TOKEN, GH)|--/);
  });
});
