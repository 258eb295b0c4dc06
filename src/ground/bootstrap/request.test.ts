import { describe, expect, test } from 'vitest';
import { InputError } from '../../base/errors.js';
import type { BootstrapValues } from './request.js';
import { parseBootstrap } from './request.js';

const values: BootstrapValues = { ci: 'github', repository: 'acme/shop', destroy: false, dryRun: false };
const where = { where: (name: string) => `--${name}` };
const parse = (
  given: Partial<BootstrapValues>,
  known: { env?: Record<string, string>; origin?: string; environment?: string } = {},
) => parseBootstrap({ ...values, ...given }, { env: {}, origin: undefined, environment: undefined, ...known }, where);
const issues = (given: Partial<BootstrapValues>, known = {}) => {
  try {
    parse(given, known);
  } catch (error) {
    if (error instanceof InputError) return error.issues.map(({ where: place, message }) => `${place}: ${message}`);
    throw error;
  }
  return [];
};

describe('names', () => {
  test.each<[Partial<BootstrapValues>, object, object]>([
    [{}, {}, { name: 'shop', prefix: 'lading-shop', suffix: '', environments: ['production'], table: undefined }],
    [{ service: 'arn:aws:ecs:eu-central-1:123456789012:service/prod/web' }, {}, { name: 'web', prefix: 'lading-web' }],
    [{ name: 'store', service: 'web' }, {}, { name: 'store' }],
    [
      {},
      { environment: 'eu-staging' },
      { prefix: 'lading-shop-eu-staging', suffix: '_EU_STAGING', environments: ['eu-staging'] },
    ],
    [{ githubEnvironment: ['a', 'b'] }, { environment: 'x' }, { environments: ['a', 'b'] }],
    [{ lock: 'dynamodb' }, {}, { table: 'lading-state-lock' }],
    [{ lock: 's3' }, { env: { TF_LOCK_TABLE: 'locks' } }, { table: undefined }],
    [{}, { env: { TF_LOCK_TABLE: 'locks', TF_STATE_BUCKET: 'states' } }, { table: 'locks', bucket: 'states' }],
    [{ repository: undefined }, { origin: 'acme/blog' }, { repository: 'acme/blog', name: 'blog' }],
    [
      { repository: undefined },
      { origin: 'acme/blog', env: { GITHUB_REPOSITORY: 'acme/x' } },
      { repository: 'acme/x' },
    ],
    [{ ci: 'gitlab', repository: 'acme/web/shop' }, {}, { repository: 'acme/web/shop', name: 'shop' }],
    [{ issuer: 'https://gitlab.acme.com' }, {}, { issuer: 'gitlab.acme.com' }],
  ])('%j in %j', (given, known, expected) => {
    expect(parse(given, known)).toMatchObject(expected);
  });

  test.each<[Partial<BootstrapValues>, object, readonly string[]]>([
    [{ repository: undefined }, {}, ['--repository: is missing, and no remote called origin tells it']],
    [{ repository: 'shop' }, {}, ['--repository: "shop" is no repository: OWNER/REPO']],
    [
      { repository: 'acme/*', branch: 'rel/*', githubEnvironment: ['prod*'], stateBucket: 'Acme', account: '12' },
      {},
      [
        '--repository: "acme/*" is no repository: OWNER/REPO',
        '--branch: "rel/*" is no name of a branch',
        '--github-environment: "prod*" is no name of an environment: without * and ?',
        '--state-bucket: "Acme" is no name of a bucket',
        '--account: "12" is no account: 12 digits',
        "--name: \"*\" is no name: letters, digits, '-', '_', '.'",
      ],
    ],
    [{ name: 'x'.repeat(60) }, {}, [expect.stringContaining('longer than the 64 letters') as string]],
    [{ destroy: true }, {}, ['--confirm: is missing']],
    [{ destroy: true, confirm: 'blog' }, {}, ['--confirm: is blog, and the bootstrap is of shop']],
    [{ destroy: true, dryRun: true }, {}, []],
    [
      { ci: 'circleci' },
      {},
      [
        expect.stringContaining('--organization-id: is missing') as string,
        expect.stringContaining('--project-id') as string,
      ],
    ],
    [{}, { env: { TF_STATE_BUCKET: 'Not/A bucket' } }, ['--state-bucket: "Not/A bucket" is no name of a bucket']],
  ])('%j in %j: %j', (given, known, expected) => {
    expect(issues(given, known)).toEqual(expected);
  });
});
