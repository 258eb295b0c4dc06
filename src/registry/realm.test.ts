import { expect, test } from 'vitest';
import { isSpokenTo, mayHaveLogin } from './realm.js';

// Registry, token service, whether it is spoken to, whether it gets the login.
test.each([
  ['https://registry-1.docker.io', 'https://auth.docker.io/token', true, true],
  ['https://ghcr.io', 'https://ghcr.io/token', true, true],
  ['https://registry.gitlab.com', 'https://gitlab.com/jwt/auth', true, true],
  ['https://gitlab.example.com:5050', 'https://gitlab.example.com/jwt/auth', true, true],
  ['https://quay.io', 'https://quay.io/v2/auth', true, true],
  ['https://shop.azurecr.io', 'https://shop.azurecr.io/oauth2/token', true, true],
  ['https://europe-west1-docker.pkg.dev', 'https://europe-west1-docker.pkg.dev/v2/token', true, true],
  ['https://gcr.io', 'https://gcr.io/v2/token', true, true],
  ['https://registry.redhat.io', 'https://sso.redhat.com/auth/realms/rhcc', true, true],
  ['https://registry.digitalocean.com', 'https://api.digitalocean.com/v2/registry/auth', true, true],
  ['https://docker.elastic.co', 'https://docker-auth.elastic.co/auth', true, true],
  ['https://rg.fr-par.scw.cloud', 'https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens', true, true],
  ['https://registry.cn-hangzhou.aliyuncs.com', 'https://dockerauth.cn-hangzhou.aliyuncs.com/auth', true, true],
  ['https://registry.cn-hangzhou.aliyuncs.com', 'https://evil.oss-cn-hangzhou.aliyuncs.com/auth', true, false],
  ['https://registry.test', 'https://auth.test/token', true, false],
  ['https://registry.test', 'https://auth.docker.io/token', true, false],
  ['https://ghcr.io', 'https://auth.docker.io/token', true, false],
  ['https://shop.azurecr.io', 'https://evil.azurecr.io/oauth2/token', true, false],
  ['https://registry-1.docker.io', 'https://auth.docker.io:8443/token', true, false],
  ['https://registry-1.docker.io', 'https://auth.docker.io.evil.test/token', true, false],
  ['https://registry-1.docker.io', 'http://auth.docker.io/token', false, false],
  ['https://ghcr.io', 'http://ghcr.io/token', false, false],
  ['https://registry.test', 'http://127.0.0.1:5001/token', false, false],
  ['https://registry.test', 'ftp://registry.test/token', false, false],
  ['http://127.0.0.1:5000', 'http://127.0.0.1:5001/token', true, true],
  ['http://127.0.0.1:5000', 'http://localhost:5001/token', true, true],
  ['http://registry.internal:5000', 'http://registry.internal:5001/token', true, true],
  ['http://registry.internal:5000', 'https://registry.internal/token', true, true],
  ['http://registry.internal:5000', 'http://auth.internal/token', false, false],
  ['http://registry.internal:5000', 'http://127.0.0.1:5001/token', false, false],
  ['http://127.0.0.1:5000', 'https://auth.test/token', true, false],
])('%s and %s: spoken to %s, gets the login %s', (registry, realm, spoken, login) => {
  expect(isSpokenTo(new URL(registry), new URL(realm))).toBe(spoken);
  expect(mayHaveLogin(new URL(registry), new URL(realm))).toBe(login);
});
