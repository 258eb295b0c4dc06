import { expect, test } from 'vitest';
import { childEnvironment } from './child-environment.js';

const withheld = (name: string) => childEnvironment({ [name]: 'value' }).withheld.length > 0;

test.each([
  ...['LADING_TO', 'LADING_GITHUB_TOKEN', 'INPUT_GITHUB-TOKEN', 'GITHUB_TOKEN', 'GH_TOKEN', 'GH_ENTERPRISE_TOKEN'],
  ...['GITHUB_PAT', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_RUNTIME_TOKEN'],
  ...['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_SECURITY_TOKEN', 'DOCKER_AUTH_CONFIG'],
  ...['AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'],
  ...['AWS_BEARER_TOKEN_BEDROCK', 'aws_secret_access_key', 'GITLAB_OIDC_TOKEN', 'CIRCLE_OIDC_TOKEN_V2'],
])('%s is kept back', (name) => {
  expect(withheld(name)).toBe(true);
});

test.each([
  ...['PATH', 'HOME', 'NODE_OPTIONS', 'NEXT_PUBLIC_TOKEN', 'NPM_TOKEN', 'NODE_AUTH_TOKEN', 'DATABASE_URL', 'CI'],
  ...['GITHUB_SHA', 'GITHUB_REPOSITORY', 'AWS_REGION', 'AWS_PROFILE', 'AWS_BUCKET', 'GITHUB_ACTIONS'],
])('%s goes on', (name) => {
  expect(withheld(name)).toBe(false);
});

test('what is named goes on, all else keeps its value, and unset names are no names', () => {
  const env = { GITHUB_TOKEN: 'a', AWS_SESSION_TOKEN: 'b', PATH: '/bin', GONE: undefined, LADING_X: undefined };
  expect(childEnvironment(env, ['GITHUB_TOKEN'])).toEqual({
    env: { GITHUB_TOKEN: 'a', PATH: '/bin' },
    withheld: ['AWS_SESSION_TOKEN'],
  });
});
