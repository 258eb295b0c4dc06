import { describe, expect, test } from 'vitest';
import { HttpError, LadingError } from '../base/errors.js';
import { explainCut, explainRefused, explainUnreachable, isPassing } from './failure.js';

const target = '127.0.0.1:5000/team/app';
const refused = (status: number, body: string) => explainRefused({ what: 'push v1', target, status, body });
const told = (code: string, message: string) => JSON.stringify({ errors: [{ code, message }] });

describe('what a registry refuses', () => {
  test.each([
    [401, told('UNAUTHORIZED', 'authentication required'), 'credentials', 'UNAUTHORIZED', 'Log in to 127.0.0.1:5000'],
    [403, told('DENIED', 'requested access to the resource is denied'), 'credentials', 'DENIED', 'PutImage'],
    [400, 'no basic auth credentials', 'credentials', 'UNAUTHORIZED', 'Log in'],
    [404, told('NAME_UNKNOWN', 'repository name not known to registry'), 'remote', 'NAME_UNKNOWN', 'Create the'],
    [404, "The repository with name 'x' does not exist in the registry", 'remote', 'NAME_UNKNOWN', 'Create the'],
    [429, told('TOOMANYREQUESTS', 'Rate exceeded'), 'remote', 'TOOMANYREQUESTS', 'in a minute'],
    [
      400,
      told('TAG_INVALID', "The image tag 'v1' already exists … because the tag is immutable."),
      'remote',
      'TAG_IMMUTABLE',
      undefined,
    ],
    [404, told('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry'), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    [
      400,
      told('UNKNOWN', "LayersNotFoundException: Layers with digests '[…]' required"),
      'remote',
      'MANIFEST_BLOB_UNKNOWN',
      undefined,
    ],
    [400, told('UNKNOWN', 'ReferencedImagesNotFoundException: …'), 'remote', 'MANIFEST_BLOB_UNKNOWN', undefined],
    [502, '<html>Bad\n  Gateway</html>', 'remote', 'REGISTRY_REFUSED', undefined],
    [500, '', 'remote', 'REGISTRY_REFUSED', undefined],
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
});

describe('what may pass', () => {
  test.each([
    [408, true],
    [429, true],
    [500, true],
    [503, true],
    [400, false],
    [401, false],
    [404, false],
  ])('%i: %s', (status, passes) => expect(isPassing(refused(status, ''), 0)).toBe(passes));

  test('for as long as the registry asked', () => {
    const asked = explainRefused({ what: 'push', target, status: 429, body: '', retryAfter: '7' });
    expect(isPassing(asked, 0)).toBe(7000);
  });
});

describe('what cannot be reached', () => {
  const broken = (code: string) =>
    new HttpError(`GET …: ${code}`, { code, cause: Object.assign(new Error(code), { code }) });

  test.each([
    ['ECONNREFUSED', 'https', 'reaches it'],
    ['ENOTFOUND', 'https', 'Check the name of the registry registry.test'],
    ['ETIMEDOUT', 'http', 'reaches it'],
    ['EPROTO', 'https', '--insecure-registry registry.test'],
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
