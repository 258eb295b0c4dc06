import { beforeEach, describe, expect, it } from 'vitest';
import { rotate } from '../../src/commands/rotate.js';
import { ecrPassword } from '../support/ecr-stand-in.js';
import { everything, gitHubs, hour, rotationStage } from '../support/rotation-stage.js';

describe.each(gitHubs)('%s', (_, start) => {
  const stage = rotationStage(start);

  describe('every kind of place', () => {
    const places = [
    'acme/shop', 'acme/shop:dependabot', 'acme/shop:codespaces', 'acme/shop:agents', 'acme/shop@prod/eu',
    'org:acme', 'org:acme:dependabot', 'org:acme:codespaces', 'org:acme:agents',
  ]; // prettier-ignore

    beforeEach(() => {
      stage.github.addOrganization('acme');
      stage.github.addRepository('acme/shop', { environments: ['prod/eu'] });
      stage.github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
    });

    it.each(places)('%s holds the password, and its variables say when it expires', async (place) => {
      const { result, exit } = await stage.run({ to: [place], visibility: 'private', variables: true });
      expect(exit).toBe(0);
      expect(result.secrets).toMatchObject([{ place, secret: 'ECR_PASSWORD', action: 'created' }]);
      expect(stage.github.secret(place, 'ECR_PASSWORD')?.value).toBe(ecrPassword);
      const expiry = stage.github.variable(place, 'ECR_PASSWORD_EXPIRES_AT');
      if (/dependabot|codespaces/.test(place)) expect(expiry).toBeUndefined();
      else {
        expect(Math.abs(Date.parse(expiry ?? '') - stage.clock.now() - 12 * hour)).toBeLessThan(60_000);
        expect(stage.github.variable(place, 'ECR_USERNAME')).toBe('AWS');
        expect(stage.github.variable(place, 'ECR_REGISTRY')).toBe(new URL(stage.ecr.url).host);
      }
    });

    it('all in one run take one call to ECR', async () => {
      const { result } = await stage.run({ to: places, visibility: 'all' });
      expect(result.secrets.map(({ action }) => action)).toEqual(places.map(() => 'created'));
      expect(stage.ecr.asked).toEqual(['eu-central-1']);
      expect(stage.github.speed.closestWrites).toBeGreaterThanOrEqual(1000);
    });

    it.each(['actions', 'dependabot', 'codespaces', 'agents'])(
      'an organization’s secret of %s keeps who may read it',
      async (application) => {
        const place = application === 'actions' ? 'org:acme' : `org:acme:${application}`;
        const { id } = stage.github.addRepository('acme/other');
        stage.github.putSecret(place, {
        name: 'ECR_PASSWORD', value: 'old', updatedAt: stage.clock.now() - 4 * hour, visibility: 'selected', repositoryIds: [id],
      }); // prettier-ignore
        await stage.run({ to: [place] });
        expect(stage.github.secret(place, 'ECR_PASSWORD')).toMatchObject({
          value: ecrPassword,
          visibility: 'selected',
          repositoryIds: [id],
        });
        // Asked to be selected, with no word about which: those of before.
        await stage.run({ to: [place], visibility: 'selected', force: true });
        expect(stage.github.secret(place, 'ECR_PASSWORD')?.repositoryIds).toEqual([id]);
        await stage.run({ to: [place], visibility: 'selected', selectedRepository: ['acme/shop'], force: true });
        expect(stage.github.secret(place, 'ECR_PASSWORD')?.repositoryIds).toEqual([id - 1]);
      },
    );

    it('a new secret of an organization must say who may read it', async () => {
      const error = await stage.failure({ to: ['org:acme'] });
      expect(error).toMatchObject({ code: 'NO_VISIBILITY', exitCode: 2 });
      expect(stage.writes()).toEqual([]);
    });

    it('several registries fill several secrets', async () => {
      await stage.run({
        to: ['acme/shop'],
        registry: ['A=111111111111.eu-west-1', 'B=222222222222.us-east-1', 'C=111111111111.eu-west-1'],
      });
      expect(stage.ecr.asked).toEqual(['eu-west-1', 'us-east-1']);
      expect(['A', 'B', 'C'].map((name) => stage.github.secret('acme/shop', name)?.value)).toEqual(
        Array(3).fill(ecrPassword),
      );
    });

    it('a key that GitHub changed since it was read is read once more', async () => {
      stage.github.addFault(({ method, path }) => {
        if (method === 'PUT' && stage.github.exchanges.filter((seen) => seen.method === 'PUT').length === 0) {
          stage.github.renewKey('acme/shop');
        }
        return path === '/never' ? 'hang' : undefined;
      });
      const { result } = await stage.run({ to: ['acme/shop'] });
      expect(result.secrets[0]?.action).toBe('created');
      expect(stage.writes()).toHaveLength(2);
      expect(stage.github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    });
  });

  describe('who may read an organization’s secret', () => {
    const count = 130;
    let ids: number[];

    beforeEach(() => {
      stage.github.addOrganization('acme');
      ids = Array.from({ length: count }, (_, index) => stage.github.addRepository(`acme/app-${index}`).id);
      stage.github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
      stage.github.putSecret('org:acme', {
      name: 'ECR_PASSWORD', value: 'old', updatedAt: stage.clock.now() - 4 * hour, visibility: 'selected', repositoryIds: ids,
    }); // prettier-ignore
    });

    const readers = () =>
      [...(stage.github.secret('org:acme', 'ECR_PASSWORD')?.repositoryIds ?? [])].sort((a, b) => a - b);

    it('stays as it is over pages that are shorter than asked for', async () => {
      expect((await stage.run({ to: ['org:acme'] })).exit).toBe(0);
      expect(stage.github.secret('org:acme', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
      expect(readers()).toEqual(ids);
    });

    it('is what it is at the moment of the write, not what it was when the run began', async () => {
      const late = stage.github.addRepository('acme/late').id;
      stage.github.addFault(({ path }) => {
        // Someone gives access while ECR is asked for the password.
        if (path.endsWith('/public-key')) {
          stage.github.selectRepositories('org:acme', 'ECR_PASSWORD', [...ids, late]);
          stage.clock.advance(3000);
        }
        return undefined;
      });
      expect((await stage.run({ to: ['org:acme'] })).exit).toBe(0);
      expect(readers()).toEqual([...ids, late]);
    });

    it('is mended when GitHub shows only after the write who was let in before it', async () => {
      const late = stage.github.addRepository('acme/late').id;
      stage.github.addFault(({ path }) => {
        if (path.endsWith('/public-key')) {
          stage.github.selectRepositories('org:acme', 'ECR_PASSWORD', [...ids, late]);
          stage.clock.advance(1200);
        }
        return undefined;
      });
      expect((await stage.run({ to: ['org:acme'] })).exit).toBe(0);
      expect(readers()).toEqual([...ids, late]);
    });

    it('is not written from a listing that does not hold all that it counts', async () => {
      stage.github.addFault(({ path, query }) =>
        path.endsWith('/repositories') && query.get('page') === '3'
          ? { status: 200, body: { total_count: count, repositories: [] } }
          : undefined,
      );
      const error = await stage.failure({ to: ['org:acme'] });
      expect(error).toMatchObject({ code: 'INCOMPLETE_LISTING', exitCode: 4 });
      expect(error.message).toMatch(/ \d+ of 130 came$/);
      expect(stage.writes()).toEqual([]);
      expect(readers()).toEqual(ids);
    });

    it('is not emptied by being selected without a word about which', async () => {
      stage.github.putSecret('org:acme', {
        name: 'OPEN',
        value: 'old',
        updatedAt: stage.clock.now() - 4 * hour,
        visibility: 'all',
      });
      for (const secret of ['OPEN', 'NEW']) {
        const error = await stage.failure({ to: ['org:acme'], secret, visibility: 'selected' });
        expect(error).toMatchObject({ code: 'NO_SELECTION', exitCode: 2 });
      }
      expect(stage.writes()).toEqual([]);
    });
  });

  describe('freshness', () => {
    beforeEach(() => {
      stage.github.addRepository('acme/shop');
      stage.github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
    });

    it('leaves a young secret alone and asks ECR for nothing', async () => {
      stage.github.putSecret('acme/shop', {
        name: 'ECR_PASSWORD',
        value: 'young',
        updatedAt: stage.clock.now() - 2 * hour,
      });
      const { result } = await stage.run({ to: ['acme/shop'] });
      expect(result.secrets[0]).toMatchObject({ action: 'fresh', ageSeconds: 7200 });
      expect(stage.github.exchanges).toHaveLength(1);
      expect(stage.ecr.asked).toEqual([]);
      await stage.run({ to: ['acme/shop'], force: true });
      expect(stage.github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    });

    it('--dry-run tells and changes nothing', async () => {
      const { result, exit } = await stage.run({ to: ['acme/shop'], dryRun: true });
      expect([result.mode, result.secrets[0]?.action, exit]).toEqual(['dry-run', 'planned', 0]);
      expect([stage.writes(), stage.ecr.asked]).toEqual([[], []]);
    });

    it('--check says how old each is and exits with 10 when one is stale or the schedule did not run', async () => {
      const extra = { env: { GITHUB_REPOSITORY: 'acme/shop' } };
      stage.github.putSecret('acme/shop', {
        name: 'ECR_PASSWORD',
        value: 'x',
        updatedAt: stage.clock.now() - 7 * hour,
      });
      stage.github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', {
        state: 'active',
        runs: [{ createdAt: stage.clock.now() - 7 * hour, conclusion: 'success' }],
      });
      const young = await stage.run({ to: ['acme/shop'], check: true }, extra);
      expect([young.exit, young.result.secrets[0]?.action, young.result.schedule?.verdict]).toEqual([
        0,
        'fresh',
        'on time',
      ]);
      stage.clock.advance(2 * hour);
      const old = await stage.run({ to: ['acme/shop'], check: true }, extra);
      expect([old.exit, old.result.secrets[0]?.action, old.result.schedule?.verdict]).toEqual([10, 'stale', 'late']);
      expect([stage.writes(), stage.ecr.asked]).toEqual([[], []]);
    });

    it.each([
      ['one that is on does not hide that the last one failed', [null, 'failure'], 'failed', 10],
      ['one that was skipped or cancelled says nothing', ['skipped', 'cancelled', 'success'], 'on time', 0],
      ['a success after a failure is well', ['success', 'failure'], 'on time', 0],
    ] as const)('--check looks at the last run: %s', async (_, ends, verdict, exit) => {
      stage.github.putSecret('acme/shop', { name: 'ECR_PASSWORD', value: 'x', updatedAt: stage.clock.now() - hour });
      stage.github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', {
        state: 'active',
        runs: ends.map((conclusion, index) => ({ createdAt: stage.clock.now() - (index + 1) * 600_000, conclusion })),
      });
      const checked = await stage.run({ to: ['acme/shop'], check: true }, { env: { GITHUB_REPOSITORY: 'acme/shop' } });
      expect([checked.result.schedule?.verdict, checked.exit]).toEqual([verdict, exit]);
      expect(rotate.text?.(checked.result)).toContain(verdict);
    });
  });
});
