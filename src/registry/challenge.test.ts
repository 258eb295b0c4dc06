import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseChallenge } from './challenge.js';

const none = { realm: undefined, service: undefined, scope: undefined };

test.each([
  // https://distribution.github.io/distribution/spec/auth/token/
  [
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
    {
      scheme: 'bearer',
      realm: 'https://auth.docker.io/token',
      service: 'registry.docker.io',
      scope: 'repository:samalba/my-app:pull,push',
    },
  ],
  // ECR's
  [
    'Basic realm="https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/",service="ecr.amazonaws.com"',
    {
      scheme: 'basic',
      realm: 'https://123456789012.dkr.ecr.eu-central-1.amazonaws.com/',
      service: 'ecr.amazonaws.com',
      scope: undefined,
    },
  ],
  ['BASIC', { ...none, scheme: 'basic' }],
  [
    'bearer realm=https://a.test/token , service=x',
    { ...none, scheme: 'bearer', realm: 'https://a.test/token', service: 'x' },
  ],
  ['Bearer Realm = "https://a.test"', { ...none, scheme: 'bearer', realm: 'https://a.test' }],
  ['Bearer realm="a \\"b\\" \\\\c"', { ...none, scheme: 'bearer', realm: 'a "b" \\c' }],
  ['Bearer realm="https://a.test",error="invalid_token"', { ...none, scheme: 'bearer', realm: 'https://a.test' }],
  // Several, as they come when a header is repeated: the parameters of one are not those of the other.
  [
    'Bearer realm="https://a.test/token",service="a", Basic realm="the registry"',
    { ...none, scheme: 'bearer', realm: 'https://a.test/token', service: 'a' },
  ],
  ['Basic realm="x", Bearer realm="https://a.test"', { ...none, scheme: 'basic', realm: 'x' }],
  ['Negotiate, Basic realm="x"', { ...none, scheme: 'basic', realm: 'x' }],
  ['Negotiate YII+/w==, Basic realm="x"', { ...none, scheme: 'basic', realm: 'x' }],
  [
    'Digest realm="basic realm=no", nonce="1", Bearer realm="https://a.test"',
    { ...none, scheme: 'bearer', realm: 'https://a.test' },
  ],
])('%s', (header, challenge) => expect(parseChallenge(header)).toEqual(challenge));

test.each([undefined, '', 'Negotiate', 'Digest realm="Bearer"', 'realm="x"'])('%j asks for nothing we have', (header) =>
  expect(parseChallenge(header)).toBeUndefined(),
);

test('what is quoted comes back as it was, whatever stands around it', () => {
  const scheme = fc.constantFrom('Basic', 'bearer', 'BEARER');
  const text = fc.string({ maxLength: 20 });
  const quote = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`;
  fc.assert(
    fc.property(scheme, text, text, text, (name, realm, service, other) => {
      const header = `Negotiate, ${name} realm=${quote(realm)},  service=${quote(service)},Digest realm=${quote(other)}`;
      expect(parseChallenge(header)).toEqual({ scheme: name.toLowerCase(), realm, service, scope: undefined });
    }),
  );
});
