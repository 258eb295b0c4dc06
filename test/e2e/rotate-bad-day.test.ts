import { describe, expect, it } from 'vitest';
import { ecrPassword } from '../support/ecr-stand-in.js';
import { everything, gitHubs, hour, rotationStage } from '../support/rotation-stage.js';

describe.each(gitHubs)('%s', (_, start) => {
  const stage = rotationStage(start);

  describe('a bad day at GitHub', () => {
    const names = Array.from({ length: 6 }, (_, index) => `acme/app-${index}`);

    async function restart(perHour?: number): Promise<void> {
      await stage.restart(perHour === undefined ? {} : { perHour });
      for (const name of names) stage.github.addRepository(name);
      stage.github.addToken('github_pat_secret', 'fine-grained', { permissions: everything });
    }

    it('a used-up budget is waited for before a request is refused', async () => {
      await restart(15);
      const started = stage.clock.now();
      const { exit } = await stage.run({ to: names });
      expect(exit).toBe(0);
      expect(stage.clock.now() - started).toBeGreaterThan(hour);
      expect(stage.github.exchanges.filter(({ answer }) => answer.status === 403)).toEqual([]);
    });

    it('a 502 and a cut connection in the middle of a write are survived', async () => {
      await restart();
      let puts = 0;
      stage.github.addFault(({ method }) => {
        if (method !== 'PUT') return undefined;
        puts++;
        return puts === 2 ? { status: 502, body: { message: 'Server Error' } } : puts === 4 ? 'cut' : undefined;
      });
      const { result, exit } = await stage.run({ to: names });
      expect([exit, result.secrets.every(({ action }) => action === 'created')]).toEqual([0, true]);
      expect(puts).toBe(names.length + 2);
    });

    it('a limit that does not end is given up, and not tried again with the next repository', async () => {
      await restart();
      stage.github.addFault(({ method }) =>
        method === 'PUT' ? { status: 429, body: { message: 'You have exceeded a secondary rate limit.' } } : undefined,
      );
      const error = await stage.failure({ to: names });
      expect(error).toMatchObject({ code: 'RATE_LIMITED', exitCode: 4 });
      const { result } = error;
      expect(result?.secrets.map(({ action }) => action)).toEqual(names.map(() => 'untried'));
      expect(stage.errors()).toEqual([]);
      expect(stage.writes()).toHaveLength(6);
    });

    it('a variable that is refused leaves the secret written, and is told', async () => {
      await restart();
      const permissions = { secrets: 'write' };
      stage.github.addToken('github_pat_secret', 'fine-grained', { permissions });
      const { result, exit } = await stage.run({ to: names.slice(0, 2), variables: true });
      expect(exit).toBe(3);
      expect(result.secrets.map(({ action, error }) => [action, error?.message.slice(0, 33)])).toEqual(
        Array(2).fill(['failed', 'write the variable ECR_REGISTRY o']),
      );
      expect(stage.github.secret('acme/app-1', 'ECR_PASSWORD')?.value).toBe(ecrPassword);
    });

    it('a token that dies in the middle ends the run once, and the next run goes on there', async () => {
      await restart();
      stage.github.addFault(({ method, path }) =>
        method === 'PUT' && path.includes('app-3/') ? { status: 401, body: { message: 'Bad credentials' } } : undefined,
      );
      const error = await stage.failure({ to: names });
      expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
      const { result } = error;
      expect(result?.secrets.map(({ action }) => action)).toEqual([
        ...Array<string>(3).fill('created'),
        ...Array<string>(3).fill('untried'),
      ]);
      expect(stage.errors()).toEqual([]);
      await restart();
      const next = await stage.run({ to: names, force: true });
      expect(next.result.secrets.filter(({ action }) => action === 'created')).toHaveLength(6);
    });

    it('a dead token is told once, before anything is asked of ECR', async () => {
      await restart();
      const error = await stage.failure({ to: names, githubToken: 'ghp_gone' });
      expect(error).toMatchObject({ code: 'BAD_CREDENTIALS', exitCode: 3 });
      expect([stage.github.exchanges.length, stage.ecr.asked]).toEqual([1, []]);
    });

    it('a write that never shows is no success', async () => {
      await restart();
      stage.github.putSecret('acme/app-1', {
        name: 'ECR_PASSWORD',
        value: 'old',
        updatedAt: stage.clock.now() - 4 * hour,
      });
      stage.github.addFault(({ method, path }) =>
        method === 'PUT' && path.includes('app-1/') ? { status: 204 } : undefined,
      );
      const started = stage.clock.now();
      const { result, exit } = await stage.run({ to: names });
      expect(exit).toBe(4);
      expect(result.secrets.filter(({ action }) => action === 'created')).toHaveLength(5);
      expect(result.secrets.find(({ action }) => action === 'failed')).toMatchObject({
        place: 'acme/app-1',
        error: { code: 'NOT_STORED' },
      });
      expect(stage.clock.now() - started).toBeGreaterThan(30_000);
    });

    it('an answer that is cut off is asked for again', async () => {
      await restart();
      let cuts = 0;
      stage.github.addFault(({ method }) => (method === 'GET' && cuts++ < 2 ? 'cut' : undefined));
      expect((await stage.run({ to: names.slice(0, 1) })).exit).toBe(0);
    });

    it('who is asked to wait for days gives up, and says so', async () => {
      await restart();
      stage.github.addFault(({ method }) =>
        method === 'PUT' ? { status: 403, headers: { 'retry-after': '999999' }, body: { message: 'wait' } } : undefined,
      );
      const started = stage.clock.now();
      const error = await stage.failure({ to: names });
      expect(error).toMatchObject({ code: 'RATE_LIMITED', exitCode: 4 });
      expect(error.message).toContain('asks us to wait 277h46m');
      expect(stage.clock.now() - started).toBeLessThan(hour);
    });

    it('what still fails after four tries is told, and the others are written', async () => {
      await restart();
      stage.github.addFault(({ method, path }) =>
        method === 'PUT' && path.includes('app-2/') ? { status: 500, body: { message: 'Oops' } } : undefined,
      );
      const { result, exit } = await stage.run({ to: names });
      expect(exit).toBe(4);
      expect(result.secrets.filter(({ action }) => action === 'created')).toHaveLength(5);
      expect(result.secrets.find(({ action }) => action === 'failed')).toMatchObject({
        place: 'acme/app-2',
        error: { code: 'HTTP_500', message: 'write the secret ECR_PASSWORD of acme/app-2: GitHub answered 500: Oops' },
      });
    });
  });
});
