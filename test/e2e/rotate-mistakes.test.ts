import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appKey, gitHubs, rotationStage, type RotateValues } from '../support/rotation-stage.js';

describe.each(gitHubs)('%s', (_, start) => {
  const stage = rotationStage(start);

  describe('mistakes', () => {
    beforeEach(() => {
      stage.github.addRepository('acme/shop', { environments: ['prod'] });
      stage.github.addToken('github_pat_secret', 'fine-grained', {
        permissions: { secrets: 'read', environments: 'write' },
      });
      stage.github.addToken('ghp_classic', 'classic', { scopes: [] });
      stage.github.addToken('ghs_15368_job', 'job');
    });

    afterEach(() => expect(stage.writes().filter((line) => !line.startsWith('PUT'))).toEqual([]));

    it('the token of the job is refused before any request', async () => {
      const stateless = await stage.failure({ to: ['acme/shop'], githubToken: 'ghs_15368_job' });
      const named = await stage.failure(
        { to: ['acme/shop'] },
        { env: { GH_TOKEN: '', GITHUB_TOKEN: 'ghs_x', GITHUB_ACTIONS: 'true' } },
      );
      for (const error of [stateless, named]) {
        expect(error).toMatchObject({ code: 'JOB_TOKEN', exitCode: 3 });
        expect(error.hint).toContain('github-app-id');
      }
      expect(stage.github.exchanges).toEqual([]);
    });

    it('no token at all', async () => {
      expect(await stage.failure({ to: ['acme/shop'] }, { env: { GH_TOKEN: '' } })).toMatchObject({
        code: 'NO_TOKEN',
        exitCode: 3,
      });
    });

    it('a missing permission is named in GitHub’s words', async () => {
      const error = await stage.failure({ to: ['acme/shop'] });
      expect(error).toMatchObject({ code: 'FORBIDDEN', exitCode: 3 });
      expect(error.message).toContain('Resource not accessible by personal access token (needs secrets=write)');
      expect(stage.github.secret('acme/shop', 'ECR_PASSWORD')).toBeUndefined();
    });

    it('a missing scope of a classic token is named', async () => {
      const error = await stage.failure({ to: ['acme/shop'], githubToken: 'ghp_classic' });
      expect([error.exitCode, error.hint]).toEqual([3, 'Give the token one of the scopes repo.']);
    });

    it('a token that GitHub does not know', async () => {
      const error = await stage.failure({ to: ['acme/shop'], githubToken: 'ghp_gone' });
      expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
    });

    it('an environment that is not there', async () => {
      const error = await stage.failure({ to: ['acme/shop@staging/eu'] });
      expect(error).toMatchObject({ code: 'NO_ENVIRONMENT', exitCode: 4 });
      expect(error.hint).toContain('environments/staging%2Feu');
      expect([stage.writes(), stage.ecr.asked]).toEqual([[], []]);
    });

    it('a repository that is not there', async () => {
      expect(await stage.failure({ to: ['acme/shopp'] })).toMatchObject({ code: 'NOT_FOUND', exitCode: 4 });
    });

    it('a pattern that means nothing', async () => {
      const error = await stage.failure({ to: ['acme/zzz*'] });
      expect(error).toMatchObject({ code: 'NO_MATCH', exitCode: 2 });
      expect(error.message).toContain('none of the 1 repositories of acme');
    });

    it('all mistakes in the inputs at once', async () => {
      const error = await stage.failure({
      to: ['acme', 'acme/shop:aktions'], secret: '1X', registry: ['eu-west-1'], application: ['action'],
      selectedRepository: ['acme/shop'],
    }); // prettier-ignore
      expect(error.exitCode).toBe(2);
      expect((error.details?.['issues'] as unknown[]).length).toBe(6);
      expect(stage.github.exchanges).toEqual([]);
    });

    it('a state file that the repository holds as a link', async () => {
      const victim = join(stage.cwd, 'precious.txt');
      await writeFile(victim, 'precious\n');
      await mkdir(join(stage.cwd, '.lading'));
      await symlink(victim, join(stage.cwd, '.lading/rotate.jsonl'));
      const error = await stage.failure({ to: ['acme/shop@prod'], stateFile: join(stage.cwd, '.lading/rotate.jsonl') });
      expect(error).toMatchObject({ code: 'STATE_FILE', exitCode: 2 });
      expect(await readFile(victim, 'utf8')).toBe('precious\n');
      expect([stage.writes(), stage.ecr.asked]).toEqual([[], []]);
    });

    it('a token or a key where a name belongs is not shown again', async () => {
      const token = `ghp_${'a1B2'.repeat(9)}`;
      const wrong: readonly Partial<RotateValues>[] = [
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
        const error = await stage.failure(given);
        expect([error.exitCode, error.message]).toEqual([2, expect.stringContaining('(not shown)')]);
        const shown = JSON.stringify([error.message, error.hint, error.details]);
        expect(shown).not.toContain(token);
        expect(shown).not.toContain(appKey.slice(40, 60));
      }
      expect(stage.github.exchanges).toEqual([]);
    });

    it('a password that opens the registry and not the image is not written', async () => {
      stage.ecr.manifest = 'denied';
      const error = await stage.failure({ to: ['acme/shop@prod'], image: ['ci/node:22'] });
      expect(error).toMatchObject({ code: 'CANNOT_PULL', exitCode: 3 });
      expect(error.message).toContain('not authorized to perform: ecr:BatchGetImage');
      expect(error.hint).toContain('ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:GetDownloadUrlForLayer');
      expect(stage.writes()).toEqual([]);
      stage.ecr.manifest = 'missing';
      // The image says nothing of the password.
      expect((await stage.run({ to: ['acme/shop@prod'], image: ['ci/node:22'] })).exit).toBe(0);
      expect(stage.ecr.pulled).toEqual(Array(2).fill('/v2/ci/node/manifests/22'));
    });

    it('a password that the registry refuses is not written', async () => {
      stage.ecr.refusePassword = true;
      const error = await stage.failure({ to: ['acme/shop@prod'] });
      expect(error).toMatchObject({ code: 'PASSWORD_REFUSED', exitCode: 3 });
      expect(stage.writes()).toEqual([]);
    });
  });
});
