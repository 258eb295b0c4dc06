import { describe, expect, test } from 'vitest';
import { HttpError, LadingError } from '../base/errors.js';
import { explainCut, explainRefused, explainUnreachable, isPassing } from './failure.js';

const target = '127.0.0.1:5000/team/app';
const refused = (status: number, body: string) => explainRefused({ what: 'push v1', target, status, body });
const told = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });

describe('what a registry refuses', () => {
  const words = 'in its words';
  // Status, body, kind, code, a piece of the hint.
  test.each([
    // Whatever the body says.
    [301, '', 'remote', 'REDIRECTED', 'address that 127.0.0.1:5000 sends to'],
    [307, '<a href="/">Moved</a>', 'remote', 'REDIRECTED', 'address'],
    [400, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [401, '', 'credentials', 'UNAUTHORIZED', 'Log in to 127.0.0.1:5000'],
    [402, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [403, '', 'credentials', 'DENIED', 'PutImage'],
    [404, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [405, '', 'remote', 'UNSUPPORTED', 'is a registry'],
    [407, '', 'credentials', 'PROXY_LOGIN', 'HTTPS_PROXY'],
    [408, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [409, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [413, '<html>Request Entity Too Large</html>', 'remote', 'TOO_LARGE', 'client_max_body_size'],
    [415, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [416, told('BLOB_UPLOAD_INVALID', 'First byte of the layer part is 0'), 'remote', 'BLOB_UPLOAD_INVALID', 'again'],
    [425, '', 'remote', 'REGISTRY_REFUSED', undefined],
    [429, '', 'remote', 'TOOMANYREQUESTS', 'in a minute'],
    [429, told('TOOMANYREQUESTS', 'Rate exceeded'), 'remote', 'TOOMANYREQUESTS', 'in a minute'],
    [500, '', 'remote', 'UNAVAILABLE', 'Try again later: 127.0.0.1:5000'],
    [501, '', 'remote', 'UNAVAILABLE', 'later'],
    [502, '<html>Bad\n  Gateway</html>', 'remote', 'UNAVAILABLE', 'later'],
    [503, told('UNAVAILABLE', words), 'remote', 'UNAVAILABLE', 'later'],
    [504, told('UNKNOWN', words), 'remote', 'UNAVAILABLE', 'later'],
    [507, '', 'remote', 'UNAVAILABLE', 'later'],
    // The codes of the specification, and those of Docker's registry.
    [404, told('BLOB_UNKNOWN', words), 'remote', 'BLOB_UNKNOWN', undefined],
    [400, told('BLOB_UNKNOWN', words), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    [400, told('BLOB_UPLOAD_INVALID', words), 'remote', 'BLOB_UPLOAD_INVALID', 'lost the upload'],
    [404, told('BLOB_UPLOAD_UNKNOWN', words), 'remote', 'BLOB_UPLOAD_UNKNOWN', 'lost the upload'],
    [400, told('DIGEST_INVALID', words), 'remote', 'DIGEST_INVALID', 'not what was sent'],
    [400, told('MANIFEST_BLOB_UNKNOWN', words), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    [404, told('MANIFEST_BLOB_UNKNOWN', words), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    [400, told('MANIFEST_INVALID', words), 'remote', 'MANIFEST_INVALID', 'kinds of manifest'],
    [404, told('MANIFEST_UNKNOWN', words), 'remote', 'MANIFEST_UNKNOWN', undefined],
    [400, told('NAME_INVALID', words), 'remote', 'NAME_INVALID', 'team/app'],
    [404, told('NAME_UNKNOWN', words), 'remote', 'NAME_UNKNOWN', 'Create the repository 127.0.0.1:5000/team/app'],
    [400, told('SIZE_INVALID', words), 'remote', 'SIZE_INVALID', undefined],
    [400, told('TAG_INVALID', words), 'remote', 'TAG_INVALID', undefined],
    [401, told('UNAUTHORIZED', words), 'credentials', 'UNAUTHORIZED', 'Log in'],
    [401, told('DENIED', words), 'credentials', 'UNAUTHORIZED', 'Log in'],
    [403, told('DENIED', words), 'credentials', 'DENIED', 'PutImage'],
    [403, told('UNAUTHORIZED', words), 'credentials', 'DENIED', 'PutImage'],
    [405, told('UNSUPPORTED', words), 'remote', 'UNSUPPORTED', 'artifacts'],
    [400, told('UNSUPPORTED', words), 'remote', 'UNSUPPORTED', 'artifacts'],
    // ECR's own words.
    [400, 'no basic auth credentials', 'credentials', 'UNAUTHORIZED', 'Log in'],
    [403, 'Your authorization token has expired. Reauthenticate', 'credentials', 'UNAUTHORIZED', 'Log in'],
    [404, "The repository with name 'x' does not exist in the registry", 'remote', 'NAME_UNKNOWN', 'Create the'],
    [
      400,
      told('TAG_INVALID', "The image tag 'v1' already exists … because the tag is immutable."),
      'remote',
      'TAG_IMMUTABLE',
      undefined,
    ],
    [
      400,
      told('UNKNOWN', "LayersNotFoundException: Layers '[…]' required"),
      'remote',
      'MANIFEST_BLOB_UNKNOWN',
      undefined,
    ],
    [400, told('UNKNOWN', 'ReferencedImagesNotFoundException: …'), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    // What is no code is none of ours either.
    [400, told('bad request!', words), 'remote', 'REGISTRY_REFUSED', undefined],
    [400, '{"errors":[]}', 'remote', 'REGISTRY_REFUSED', undefined],
    [400, '{"errors":"no"}', 'remote', 'REGISTRY_REFUSED', undefined],
    [400, '[', 'remote', 'REGISTRY_REFUSED', undefined],
  ] as const)('%i %s', (status, body, kind, code, hint) => {
    const error = refused(status, body);
    expect(error).toMatchObject({ kind, code, status });
    if (hint === undefined) expect(error.hint).toBeUndefined();
    else expect(error.hint).toContain(hint);
    expect(error.message).toContain(`push v1 at ${target}`);
    expect(error.message).not.toContain('\n');
  });

  test('the far side’s own words and the status are told', () => {
    expect(refused(403, told('DENIED', 'ask Ada')).message).toBe(`push v1 at ${target}: ask Ada (HTTP 403)`);
    expect(refused(502, '').message).toBe(`push v1 at ${target}: HTTP 502`);
  });

  test('on one line, without what commands a terminal or a runner, and not without end', () => {
    const nasty = '\u001b[2J\u009b31m\r\n::add-mask::x\n##[error]\u2028\u202e\u0000done';
    for (const body of [nasty, told('UNKNOWN', nasty)]) {
      const { message } = refused(400, body);
      expect(message).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
      expect(message).toContain('done');
    }
    expect(refused(400, 'x '.repeat(10_000)).message.length).toBeLessThan(500);
  });
});

describe('a body that gives back what was sent', () => {
  const password = 'Zm9vYmFy/secret+password==';
  const basic = Buffer.from(`AWS:${password}`).toString('base64');
  const secrets = [password, basic, 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIi.c2ln'];
  const echo = (body: string) => explainRefused({ what: 'push', target, status: 400, body, secrets }).message;

  test.each([
    ['whole', `Authorization: Basic ${basic}`],
    ['as the password', `user AWS, password ${password}!`],
    ['as a token', `token "${secrets[2]}" is no good`],
    ['in JSON', told('UNKNOWN', `headers: {"authorization":"Basic ${basic}"}`)],
    ['cut by the registry', `Authorization: Basic ${basic.slice(0, 20)}…`],
    ['cut by us', `${'x '.repeat(190)}Basic ${basic}`],
    ['in pieces', `${basic.slice(0, 12)}\n${basic.slice(12, 24)}\n${basic.slice(24)}`],
  ])('%s', (_name, body) => {
    const message = echo(body);
    for (const secret of secrets)
      for (let at = 0; at + 8 <= secret.length; at++) expect(message).not.toContain(secret.slice(at, at + 8));
  });

  test('is told otherwise', () => {
    expect(echo('the repository is archived')).toContain('the repository is archived');
  });
});

describe('what may pass', () => {
  test.each([
    [307, false],
    [400, false],
    [401, false],
    [403, false],
    [404, false],
    [405, false],
    [408, true],
    [409, false],
    [413, false],
    [416, false],
    [425, true],
    [429, true],
    [500, true],
    [502, true],
    [503, true],
    [504, true],
  ])('%i: %s', (status, passes) => expect(isPassing(refused(status, ''), 0)).toBe(passes));

  test.each([
    ['ECONNRESET', true],
    ['ECONNREFUSED', true],
    ['EPIPE', true],
    ['ETIMEDOUT', true],
    ['ENOTFOUND', true],
    ['EAI_AGAIN', true],
    ['EHOSTUNREACH', true],
    ['ENETUNREACH', true],
    ['EPROTO', false],
    ['EACCES', false],
  ])('%s: %s', (code, passes) => {
    const cause = Object.assign(new Error(code), { code });
    expect(isPassing(new HttpError(code, { code, cause }), 0)).toBe(passes);
    expect(isPassing(cause, 0)).toBe(passes);
  });

  test('neither a mistake nor a bug', () => {
    for (const error of [new LadingError('input', 'no', { code: 'NO' }), new TypeError('no'), 'no'])
      expect(isPassing(error, 0)).toBe(false);
  });

  test.each([
    ['7', 7000],
    ['soon', true],
    ['-1', 0],
    ['999999', 999_999_000],
    ['Thu, 01 Jan 1970 00:00:07 GMT', 7000],
  ])('with Retry-After %s: %s', (retryAfter, passes) => {
    expect(isPassing(explainRefused({ what: 'push', target, status: 429, body: '', retryAfter }), 0)).toBe(passes);
  });
});

describe('what cannot be reached', () => {
  const broken = (code: string) =>
    new HttpError(`GET …: ${code}`, { code, cause: Object.assign(new Error(code), { code }) });

  test.each([
    ['ECONNREFUSED', 'https', 'reaches it'],
    ['ENOTFOUND', 'https', 'Check the name of the registry registry.test'],
    ['ETIMEDOUT', 'http', 'reaches it'],
    ['EHOSTUNREACH', 'https', 'reaches it'],
    ['ENETUNREACH', 'https', 'reaches it'],
    ['EAI_AGAIN', 'https', 'Check the name'],
    ['EPROTO', 'https', '--insecure-registry registry.test'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'https', '--insecure-registry registry.test'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'https', 'NODE_EXTRA_CA_CERTS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'https', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'https', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'https', 'Mend the certificate of registry.test'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'https', 'Mend the certificate'],
    ['HPE_INVALID_CONSTANT', 'http', 'without TLS'],
  ] as const)('%s over %s', (code, scheme, hint) => {
    expect(explainUnreachable(broken(code), 'registry.test', scheme)).toMatchObject({
      kind: 'remote',
      code,
      hint: expect.stringContaining(hint) as string,
    });
  });

  test('a connection that is cut and a failure with a hint of its own stay as they are', () => {
    for (const error of [broken('ECONNRESET'), refused(401, ''), new Error('no')])
      expect(explainUnreachable(error, 'registry.test', 'https')).toBe(error);
  });

  test('an upload that is cut each time says what ECR means by it', () => {
    const cut = explainCut(broken('ECONNRESET'), target);
    expect(cut).toBeInstanceOf(LadingError);
    expect(cut).toMatchObject({ code: 'UPLOAD_CUT', hint: expect.stringContaining(target) as string });
  });
});
