import { beforeEach, describe, expect, it } from 'vitest';
import { rotate } from '../../src/commands/rotate.js';
import { ecrPassword } from '../support/ecr-stand-in.js';
import { appKey, appPublicKey, gitHubs, hour, rotationStage } from '../support/rotation-stage.js';

describe.each(gitHubs)('%s', (_, start) => {
  const stage = rotationStage(start);

  describe('a GitHub App', () => {
    beforeEach(() => {
      stage.github.addOrganization('acme');
      stage.github.addRepository('acme/shop');
      stage.github.addRepository('acme/other');
      stage.github.addRepository('someone/else');
    });

    const asApp = { githubAppId: '4711', githubAppKey: appKey };
    const permissions = { secrets: 'write', metadata: 'read' };
    const installations = [{ id: 99, owner: 'acme' }];

    it('gets the narrowest token, and revokes it', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      await stage.run({ to: ['acme/shop'], ...asApp });
      expect(stage.github.secret('acme/shop', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
      const asked = stage.github.exchanges
        .filter(({ path }) => path.endsWith('/access_tokens'))
        .map(({ body }) => body);
      expect(asked).toEqual([{ permissions: { secrets: 'write' }, repositories: ['shop'] }]);
      expect(stage.github.liveTokens()).toEqual([]);
    });

    it('finds repositories by what it is installed on', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      const { result } = await stage.run({ to: ['acme/*'], ...asApp });
      expect(result.secrets.map(({ place }) => place).sort()).toEqual(['acme/other', 'acme/shop']);
      expect(stage.github.liveTokens()).toEqual([]);
    });

    it('takes its key as base64 and with escaped line breaks', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      const forms = [appKey.replaceAll('\n', '\\n'), Buffer.from(appKey).toString('base64')];
      for (const githubAppKey of forms) {
        await stage.run({ to: ['acme/shop'], force: true, githubAppId: '4711', githubAppKey });
      }
      expect(stage.ecr.asked).toHaveLength(2);
    });

    it('renews a token that expires in the middle of a long run', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      stage.github.addFault(({ method }) => void (method === 'PUT' && stage.clock.advance(50 * 60_000)));
      const { exit } = await stage.run({ to: ['acme/shop', 'acme/other'], ...asApp });
      expect(exit).toBe(0);
      expect(stage.github.exchanges.filter(({ path }) => path.endsWith('/access_tokens')).length).toBeGreaterThan(1);
    });

    it('checks with a right to read alone', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions: { secrets: 'read', actions: 'read' }, installations });
      stage.github.addWorkflow('acme/shop', 'rotate-ecr-password.yml', { state: 'disabled_inactivity', runs: [] });
      const env = { GITHUB_REPOSITORY: 'acme/shop' };
      const { result, exit } = await stage.run({ to: ['acme/shop'], check: true, ...asApp }, { env });
      expect([exit, result.secrets[0]?.action, result.schedule]).toEqual([
        10,
        'missing',
        { workflow: 'rotate-ecr-password.yml', verdict: 'disabled', state: 'disabled_inactivity' },
      ]);
      const asked = stage.github.exchanges
        .filter(({ path }) => path.endsWith('/access_tokens'))
        .map(({ body }) => body);
      expect(asked).toMatchObject([{ permissions: { secrets: 'read' } }, { permissions: { actions: 'read' } }]);
      expect(stage.github.liveTokens()).toEqual([]);
    });

    it('signs by GitHub’s clock where ours is wrong', async () => {
      for (const clockSkewMs of [-40 * 60_000, 3 * hour]) {
        await stage.restart({ clockSkewMs });
        stage.github.addOrganization('acme');
        stage.github.addRepository('acme/shop');
        stage.github.addApp('4711', appPublicKey, { permissions, installations });
        const before = stage.events.length;
        const { result } = await stage.run({ to: ['acme/shop'], ...asApp });
        expect(result.secrets[0]?.action).toBe('created');
        const told = stage.events.slice(before).flatMap((event) => (event.type === 'message' ? [event.text] : []));
        expect(told.filter((text) => text.includes('GitHub’s'.replace('’', "'")))).toEqual([
          expect.stringMatching(clockSkewMs > 0 ? /clock is 3h00m behind/ : /clock is (39m59s|40m00s) ahead of/),
        ]);
        // By our own clock it would be old, or from tomorrow. Every copy of GitHub's has it by then.
        stage.clock.advance(5000);
        expect((await stage.run({ to: ['acme/shop'], ...asApp })).result.secrets[0]).toMatchObject({ action: 'fresh' });
      }
    });

    it('is told the truth about an organization’s Codespaces, and the other places are written', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      const { result, exit } = await stage.run({
        to: ['org:acme:codespaces', 'acme/shop'],
        visibility: 'all',
        ...asApp,
      });
      expect([exit, result.secrets.map(({ place, action, error }) => [place, action, error?.code])]).toEqual([
        3,
        [
          ['acme/shop', 'created', undefined],
          ['org:acme:codespaces', 'failed', 'NOT_FOR_APPS'],
        ],
      ]);
    });

    it('says that its key was deleted', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations }).publicKey = undefined;
      expect(await stage.failure({ to: ['acme/shop'], ...asApp })).toMatchObject({
        code: 'APP_KEY_REFUSED',
        exitCode: 3,
      });
    });

    it('says where it is not installed, and what it was not granted', async () => {
      stage.github.addApp('4711', appPublicKey, { permissions, installations });
      expect(await stage.failure({ to: ['someone/else'], ...asApp })).toMatchObject({
        code: 'APP_NOT_INSTALLED',
        exitCode: 3,
      });
      const error = await stage.failure({ to: ['acme/shop:dependabot'], ...asApp });
      expect(error).toMatchObject({ code: 'APP_PERMISSION_MISSING', exitCode: 3 });
      expect(error.hint).toContain('dependabot_secrets=write');
      expect(stage.writes().filter((line) => line.startsWith('PUT'))).toEqual([]);
    });
  });

  describe('secrecy', () => {
    it('masks the password and its other forms before anything else, and tells neither token nor key', async () => {
      stage.github.addRepository('acme/shop');
      stage.github.addOrganization('acme');
      const installations = [{ id: 99, owner: 'acme' }];
      stage.github.addApp('4711', appPublicKey, { permissions: { secrets: 'write' }, installations });
      const { result } = await stage.run({ to: ['acme/shop'], githubAppId: '4711', githubAppKey: appKey });
      const masked = stage.events.flatMap((event) => (event.type === 'mask' ? [event.value] : []));
      expect(masked).toContain(ecrPassword);
      expect(masked).toContain(Buffer.from(`AWS:${ecrPassword}`).toString('base64'));
      expect(masked).toContain(appKey);
      const shown =
        JSON.stringify([result, stage.events.filter(({ type }) => type !== 'mask')]) + rotate.text?.(result);
      for (const secret of masked) expect(shown.includes(JSON.stringify(secret).slice(1, -1))).toBe(false);
    });
  });
});
