import { describe, expect, test } from 'vitest';
import { virtualClock } from '../../base/clock.js';
import type { Http } from '../../base/http/http.js';
import { HttpError } from '../../base/errors.js';
import { silent } from '../../base/tell/report.js';
import { takeRoleByToken } from './take-role.js';

/** A network in which no name is known. */
function nowhere(env: Record<string, string> = {}) {
  const asked: string[] = [];
  const http: Http = async (url) => {
    asked.push(new URL(url).host);
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    throw new HttpError('POST: getaddrinfo ENOTFOUND', { code: 'ENOTFOUND', cause });
  };
  const clock = virtualClock();
  const exec = () => Promise.reject(new Error('no programs'));
  return { asked, context: { env, http, exec, clock, report: silent, signal: new AbortController().signal } };
}

const wish = { arn: 'arn:aws:iam::123456789012:role/ci', session: 'ci' };
const mint = async () => ({ token: 'a.b.c', claims: {}, giver: 'GitHub' });

describe('a host that has no address', () => {
  test('of a region that nobody knows is told at once, with the nearest', async () => {
    const { asked, context } = nowhere();
    await expect(takeRoleByToken(wish, mint, { ...context, region: 'us-esat-1' })).rejects.toMatchObject({
      code: 'NO_SUCH_REGION',
      kind: 'input',
      hint: 'Did you mean us-east-1?',
    });
    expect(asked).toEqual(['sts.us-esat-1.amazonaws.com']);
  });

  test.each([
    ['a known one', 'us-east-1', {}],
    ['an endpoint of one’s own', 'somewhere-1', { AWS_ENDPOINT_URL: 'https://sts.example.com' }],
  ])('of %s may have one in a moment', async (_what, region, env) => {
    const { asked, context } = nowhere(env);
    const started = context.clock.now();
    await expect(takeRoleByToken(wish, mint, { ...context, region })).rejects.toMatchObject({ kind: 'remote' });
    expect(asked.length).toBeGreaterThan(3);
    expect(context.clock.now() - started).toBeLessThanOrEqual(60_000);
  });
});
