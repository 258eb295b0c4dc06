import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { requirePython } from '../../support/tools.js';
import { testWorld } from '../../support/world.js';
import { findCredentials } from '../../../src/aws/credentials/chain.js';
import { readProfileFiles } from '../../../src/aws/credentials/profile-files.js';

/** What botocore finds with the environment of each case. */
const FIND = `
import botocore.session, json, os, sys
found = []
for env in json.load(sys.stdin):
    for name in [name for name in os.environ if name.startswith('AWS_')]:
        del os.environ[name]
    os.environ.update(env)
    session = botocore.session.Session()
    try:
        keys = session.get_credentials()
        found.append([keys and keys.access_key, keys and keys.token, session.get_config_variable('region')])
    except Exception as error:
        found.append(type(error).__name__)
print(json.dumps(found))
`;

/** Without comments behind values: AWS's tools do not agree on them. */
const value = fc.constantFrom('AKIAONE', 'AKIATWO', 'a b', 'eu-west-1', 'x=y', 'q"q', 'v#note');
const line = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'region'),
      fc.constantFrom('=', ' = '),
      value,
    )
    .map((parts) => parts.join('')),
  fc.constantFrom('', '# note', '; note', 's3 =\n  max_concurrent_requests = 20', 'output = json'),
);
const section = (name: string) =>
  fc
    .array(line, { maxLength: 5 })
    .map((lines) =>
      [`[${name}]`, ...new Map(lines.map((one) => [one.split('=')[0]?.trim(), one])).values()].join('\n'),
    );
const names = ['default', 'ci', 'team.web-1'];
const file = (head: (name: string) => string) =>
  fc
    .tuple(...names.map((name) => fc.option(section(head(name)), { nil: '' })))
    .map((sections) => `${sections.join('\n\n')}\n`);
const cases = fc.record({
  config: file((name) => (name === 'default' ? name : `profile ${name}`)),
  credentials: file((name) => name),
  profile: fc.constantFrom(undefined, ...names),
});

test('profiles are those that botocore finds', async (context) => {
  const python = requirePython('botocore', 'python3-botocore');
  if (!python) return context.skip();
  const folder = mkdtempSync(join(tmpdir(), 'lading-profiles-'));
  const envs = fc.sample(cases, { numRuns: 60, seed: 9 }).map((one, index) => {
    const home = join(folder, String(index));
    mkdirSync(join(home, '.aws'), { recursive: true });
    writeFileSync(join(home, '.aws/config'), one.config);
    writeFileSync(join(home, '.aws/credentials'), one.credentials);
    return { HOME: home, AWS_EC2_METADATA_DISABLED: 'true', ...(one.profile && { AWS_PROFILE: one.profile }) };
  });
  try {
    const run = promisify(execFile)(python, ['-c', FIND], { maxBuffer: 1 << 24 });
    run.child.stdin?.end(JSON.stringify(envs));
    const theirs = JSON.parse((await run).stdout) as unknown[];
    const ours = await Promise.all(
      envs.map(async (env) => {
        const world = testWorld({ env });
        const files = await readProfileFiles(env);
        const keys = await findCredentials({ ...world, region: 'eu-central-1' }).catch(() => undefined);
        return [keys?.accessKeyId ?? null, keys?.sessionToken ?? null, files.profile(files.chosen)?.region ?? null];
      }),
    );
    // Of files that botocore refuses whole, the part that can be read is enough for us.
    const pairs = theirs.map((their, index) => [their, ours[index], envs[index]?.HOME] as const);
    expect(pairs.filter(([their]) => Array.isArray(their)).length).toBeGreaterThan(30);
    for (const [their, our, home] of pairs) if (Array.isArray(their)) expect([home, our]).toEqual([home, their]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
