import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ecrPassword } from '../support/ecr-stand-in.js';
import type { Fault } from '../support/github/controls.js';
import { everything, gitHubs, hour, rotationStage } from '../support/rotation-stage.js';

describe.each(gitHubs)('%s', (_, start) => {
  const stage = rotationStage(start);

  describe('a large organization', () => {
    const count = 400;
    const names = Array.from({ length: count }, (_, index) => `acme/app-${index}`);

    beforeEach(() => {
      stage.github.addOrganization('acme');
      for (let index = 0; index < count; index++) {
        stage.github.addRepository(`acme/app-${index}`, { archived: index === 7, topics: index % 2 ? ['ecr'] : [] });
      }
      stage.github.addToken('github_pat_secret', 'fine-grained', {
        permissions: everything,
        forbidden: ['acme/app-3'],
      });
    });

    it('gets through a limit, a kill, and what is forbidden, renamed or archived', { timeout: 60_000 }, async () => {
      stage.github.rename('acme/app-5', 'app-five');
      // A secondary limit in the middle, and the kill.
      const killer = new AbortController();
      let puts = 0;
      stage.github.addFault(({ method }) => {
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
      const error = await stage.failure({ to: names, force: true }, { signal: killer.signal });
      expect(error.exitCode).toBe(130);
      const first = names.filter((name) => name !== 'acme/app-5' && stage.github.secret(name, 'ECR_PASSWORD')).length;
      expect(first).toBeGreaterThan(190);
      expect(existsSync(join(stage.cwd, '.lading/rotate.jsonl'))).toBe(true);
      expect(
        stage.events.some((event) => event.type === 'message' && /secondary limit: waiting 1m30s/.test(event.text)),
      ).toBe(true);

      const before = stage.writes().length;
      const { result, exit } = await stage.run({ to: names, force: true });
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
      expect(stage.writes().length - before).toBeLessThan(count - 195 + 3);
      for (const name of names) {
        if (['acme/app-3', 'acme/app-7'].includes(name)) continue;
        expect(stage.github.secret(name.replace(/app-5$/, 'app-five'), 'ECR_PASSWORD')?.value).toBe(ecrPassword);
      }
      expect(stage.ecr.asked).toHaveLength(2);
      expect(stage.github.speed.closestWrites).toBeGreaterThanOrEqual(1000);
      expect(existsSync(join(stage.cwd, '.lading/rotate.jsonl'))).toBe(false);
    });

    it('finds repositories by pattern and by topic, and leaves archived ones out', async () => {
      const pattern = await stage.run({ to: ['acme/app-1?'], dryRun: true });
      expect(pattern.result.secrets.filter(({ action }) => action === 'planned')).toHaveLength(10);
      const topic = await stage.run({ to: ['topic:ecr'], dryRun: true }, { env: { GITHUB_REPOSITORY_OWNER: 'acme' } });
      expect(topic.result.secrets.filter(({ action }) => action === 'planned')).toHaveLength(198);
      expect(topic.result.secrets.find(({ action }) => action === 'skipped')).toMatchObject({
        place: 'acme/app-7',
        error: { code: 'ARCHIVED' },
      });
      expect(topic.exit).toBe(3);
    });

    it(
      'on a bad day: no selection shrinks, nothing is written twice, each fault is told once',
      { timeout: 60_000 },
      async () => {
        await stage.restart({ clockSkewMs: 7 * 60_000 });
        const { github, clock } = stage;
        github.addOrganization('acme');
        const ids = names.map(
          (name) => github.addRepository(name, { archived: name === 'acme/app-7', environments: ['prod'] }).id,
        );
        github.addToken('github_pat_secret', 'fine-grained', { permissions: everything, forbidden: ['acme/app-3'] });
        github.rename('acme/app-5', 'app-five');
        const selected = ids.filter((_, index) => index !== 9);
        github.putSecret('org:acme', {
        name: 'ECR_PASSWORD', value: 'old', updatedAt: clock.now() - 9 * hour, visibility: 'selected', repositoryIds: selected,
      }); // prettier-ignore
        // Limits in both of GitHub's ways, a server that stumbles, connections that end: each to a write, none is the last.
        const bad: Record<number, ReturnType<Fault>> = {
          40: 'cut',
          90: { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
          150: { status: 502, body: { message: 'Server Error' } },
          200: { status: 429, headers: { 'retry-after': '30' }, body: { message: 'Too many requests' } },
          260: 'cut',
          261: 'cut',
        };
        let puts = 0;
        github.addFault(({ method }) => (method === 'PUT' ? bad[++puts] : undefined));
        const targets = ['org:acme', 'acme/app-1@prod', 'acme/missing', ...names];

        const { result, exit } = await stage.run({ to: targets });

        const told = result.secrets.filter(({ error, movedFrom }) => error ?? movedFrom);
        expect(
          told.map(({ place, action, movedFrom, error }) => [place, action, movedFrom ?? error?.code]).sort(),
        ).toEqual([
          ['acme/app-3', 'failed', 'FORBIDDEN'],
          ['acme/app-7', 'failed', 'ARCHIVED'],
          ['acme/app-five', 'created', 'acme/app-5'],
          ['acme/missing', 'failed', 'NOT_FOUND'],
        ]);
        expect(exit).toBe(3);
        const named = stage.errors().map((text) => /acme\/[\w-]+/.exec(text)?.[0]);
        expect(named.sort()).toEqual(['acme/app-3', 'acme/app-7', 'acme/missing']);
        expect(result.secrets).toHaveLength(targets.length);
        expect([...(github.secret('org:acme', 'ECR_PASSWORD')?.repositoryIds ?? [])].sort((a, b) => a - b)).toEqual(
          selected,
        );
        expect(github.secret('org:acme', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
        const taken = github.exchanges.filter(
          ({ method, answer }) => method === 'PUT' && [201, 204].includes(answer.status),
        );
        const times = new Map<string, number>();
        for (const { path } of taken) times.set(path, (times.get(path) ?? 0) + 1);
        expect([...times].filter(([, count]) => count > 1)).toEqual([]);
        expect(times.size).toBe(targets.length - 3);
        expect(github.speed.closestWrites).toBeGreaterThanOrEqual(1000);

        // All of it is young now, by GitHub's clock: the next run writes only what it could not.
        const before = stage.writes().length;
        const next = await stage.run({ to: targets });
        expect(next.result.secrets.filter(({ action }) => action === 'fresh')).toHaveLength(targets.length - 3);
        expect(new Set(stage.writes().slice(before))).toEqual(
          new Set(['PUT /repos/acme/app-7/actions/secrets/ECR_PASSWORD']),
        );
      },
    );
  });
});
