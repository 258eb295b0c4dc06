import { expect, test } from 'vitest';
import { readProfileFiles } from './profile-files.js';

test.each([
  [{ HOME: '/h' }, 'default', false],
  [{ HOME: '/h', AWS_PROFILE: '' }, 'default', false],
  [{ AWS_PROFILE: 'constructor' }, 'constructor', true],
  [{}, 'default', false],
])('with %j the profile is %s', async (env, chosen, isAsked) => {
  const files = await readProfileFiles(env);
  expect(files).toMatchObject({ chosen, isAsked });
  expect(files.profile(chosen)).toBeUndefined();
});
