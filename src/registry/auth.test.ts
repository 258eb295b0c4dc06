import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttp } from '../base/http/http.js';
import type { ReportEvent } from '../base/tell/report.js';
import type { Auth } from './auth.js';
import { createAuth } from './auth.js';
import type { Keychain, Login } from './keychain.js';

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly form: Record<string, string>;
}

let server: Server;
let origin = '';
let asked: Asked[] = [];
let answer: { status: number; body: string };
const events: ReportEvent[] = [];
const http = createHttp({ env: {} });

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: '{"token":"bearer-token"}' };
  server = createServer((request, response) => {
    void readForm(request).then((form) => {
      const { method = '', url = '', headers } = request;
      asked.push({ method, url: new URL(url, origin), authorization: headers.authorization, form });
      response.writeHead(answer.status).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return Object.fromEntries(new URLSearchParams(text));
}

const ada: Login = { username: 'ada', password: 'secret' };
const basic = (login: Login) => `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}`;
const authFor = (keychain: Keychain | Login | undefined, registry = origin) =>
  createAuth(
    { host: 'registry.test', origin: new URL(registry), repository: 'team/app' },
    typeof keychain === 'function' ? keychain : async () => keychain,
    {
      http,
      report: (event) => events.push(event),
      signal: new AbortController().signal,
    },
  );
/** The request that had the header of now was refused. */
const refuse = async (auth: Auth, text: string) => auth.answer(text, await auth.header());
const challenge = () => `Bearer realm="${origin}/token",service="registry.test",scope="repository:team/app:pull"`;

describe('a registry that asks for a bearer token', () => {
  test('gets one, bought with the password, for the scope that it named', async () => {
    const auth = authFor(ada);
    expect(await auth.header()).toBe(basic(ada));
    expect(await refuse(auth, challenge())).toBe(true);
    expect(await auth.header()).toBe('Bearer bearer-token');
    expect(asked).toMatchObject([{ method: 'GET', authorization: basic(ada) }]);
    expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
      service: 'registry.test',
      scope: 'repository:team/app:pull',
    });
    expect(events).toContainEqual({ type: 'mask', value: 'bearer-token' });
  });

  test('anonymously, where nobody logged in', async () => {
    const auth = authFor(undefined);
    expect(await auth.header()).toBeUndefined();
    expect(await refuse(auth, `Bearer realm="${origin}/token"`)).toBe(true);
    expect(asked).toMatchObject([{ authorization: undefined }]);
    expect(asked[0]?.url.searchParams.get('scope')).toBe('repository:team/app:pull,push');
  });

  test('for an identity token, which is never sent as a password', async () => {
    answer.body = '{"access_token":"bought","refresh_token":"refresh-me"}';
    const auth = authFor({ username: '<token>', password: 'refresh-me', isToken: true });
    expect(await auth.header()).toBeUndefined();
    expect(await refuse(auth, challenge())).toBe(true);
    expect(await auth.header()).toBe('Bearer bought');
    expect(asked).toMatchObject([
      {
        method: 'POST',
        authorization: undefined,
        form: {
          grant_type: 'refresh_token',
          refresh_token: 'refresh-me',
          service: 'registry.test',
          scope: 'repository:team/app:pull',
        },
      },
    ]);
  });

  test('once for all that were refused at the same time', async () => {
    const auth = authFor(ada);
    expect(await Promise.all([1, 2, 3].map(() => refuse(auth, challenge())))).toEqual([true, true, true]);
    expect(asked).toHaveLength(1);
  });

  test.each([
    [401, '{"errors":[{"code":"UNAUTHORIZED","message":"incorrect username or password"}]}', 'incorrect username'],
    [403, 'no', 'no (HTTP 403)'],
  ])('a refusal with %i is told in its words', async (status, body, words) => {
    answer = { status, body };
    await expect(refuse(authFor(ada), challenge())).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining(words) as string,
    });
  });

  test.each([
    ['no token', '{}', 'NO_TOKEN'],
    ['what is no header', '{"token":"a\\r\\nx-evil: 1"}', 'NO_TOKEN'],
    ['no JSON', 'hello', 'NOT_JSON'],
    ['another shape', '{"token":7}', 'UNEXPECTED_SHAPE'],
    ['too much', JSON.stringify({ token: 'x'.repeat(2 << 20) }), 'ANSWER_TOO_LONG'],
  ])('an answer with %s is none', async (_name, body, code) => {
    answer = { status: 200, body };
    await expect(refuse(authFor(ada), challenge())).rejects.toMatchObject({ kind: 'remote', code });
  });

  test('what the token service gives back of the password is not told', async () => {
    answer = { status: 401, body: `no login for ${basic(ada)} (ada:secret)` };
    const error = await refuse(authFor(ada), challenge()).catch((cause: unknown) => cause);
    expect((error as Error).message).not.toMatch(/secret|YWRh/);
  });

  test('a token service without TLS gets no password', async () => {
    await expect(refuse(authFor(ada), 'Bearer realm="http://auth.evil.test/token"')).rejects.toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining('without TLS') as string,
    });
  });

  test('a token service of others gets none either, whatever it is called', async () => {
    const refused = expect(
      refuse(authFor(ada, 'https://registry.test'), 'Bearer realm="https://registry.test.evil.test/"'),
    );
    await refused.rejects.toMatchObject({
      kind: 'credentials',
      code: 'REALM_UNKNOWN',
      message: expect.stringMatching(/registry\.test.*https:\/\/registry\.test\.evil\.test/) as string,
      hint: expect.stringContaining('Docker configuration') as string,
    });
    const refresh = { username: '<token>', password: 'refresh-me', isToken: true };
    for (const login of [ada, refresh])
      await expect(refuse(authFor(login, 'https://registry.test'), challenge())).rejects.toMatchObject({
        kind: 'credentials',
      });
    expect(asked).toEqual([]);
  });

  test('but one that the keychain knows by the same login gets it', async () => {
    const asks: string[] = [];
    const login = { ...ada, isAlsoOf: async (host: string) => asks.push(host) > 0 };
    const far = `Bearer realm="${origin.replace('127.0.0.1', 'localhost')}/token"`;
    expect(await refuse(authFor(login, 'http://registry.test'), far).catch(() => 'not without TLS')).toBe(
      'not without TLS',
    );
    expect(await refuse(authFor(login), far)).toBe(true);
    expect(asks).toEqual([]);
    await refuse(authFor(login, 'https://registry.test'), 'Bearer realm="https://127.0.0.1:1/token"').catch(
      () => undefined,
    );
    expect(asks).toEqual(['127.0.0.1:1']);
  });

  test('an address that is none is no bug of ours', async () => {
    await expect(refuse(authFor(ada), 'Bearer realm="the registry"')).rejects.toMatchObject({
      message: expect.stringContaining('the registry') as string,
    });
  });
});

describe('a password that was refused', () => {
  test('is asked for again twice, and no more', async () => {
    const renewals: boolean[] = [];
    const auth = authFor(async (_host, options) => {
      renewals.push(options?.renew ?? false);
      return { username: 'AWS', password: `password-${renewals.length}` };
    });
    expect(await auth.header()).toBe(basic({ username: 'AWS', password: 'password-1' }));
    expect(await refuse(auth, 'Basic realm="x"')).toBe(true);
    expect(await auth.header()).toBe(basic({ username: 'AWS', password: 'password-2' }));
    expect(await refuse(auth, 'Basic realm="x"')).toBe(true);
    expect(await refuse(auth, 'Basic realm="x"')).toBe(false);
    expect(renewals).toEqual([false, true, true]);
  });

  test('nothing new to try when there is no login', async () => {
    expect(await refuse(authFor(undefined), 'Basic realm="x"')).toBe(false);
  });
});
