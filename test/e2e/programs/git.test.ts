import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createExec } from '../../../src/base/programs/exec.js';
import { readCommit, webAddress } from '../../../src/image/git.js';

let folder = '';
let repository = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-git-'));
  repository = join(folder, 'repository');
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (directory = repository, more: Readonly<Record<string, string>> = {}) => {
  const env = { ...process.env, ...more };
  return readCommit({ exec: createExec(env), env, signal: new AbortController().signal }, directory);
};
const git = (at: string, ...args: string[]) => {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.file.allow=always'];
  return execFileSync('git', [...identity, ...args], {
    cwd: at,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
};
function make(at = repository): string {
  mkdirSync(at, { recursive: true });
  git(at, 'init', '-q');
  writeFileSync(join(at, 'a'), '1');
  git(at, 'add', 'a');
  git(at, 'commit', '-qm', 'one');
  return at;
}

test('outside a repository there is no commit', async () => {
  mkdirSync(repository);
  expect(await read()).toBeUndefined();
});

test('a changed or new file makes the tree dirty', async () => {
  make();
  expect(await read()).toEqual({ sha: git(repository, 'rev-parse', 'HEAD').trim(), dirty: false, source: undefined });
  writeFileSync(join(repository, 'b'), '2');
  expect((await read())?.dirty).toBe(true);
});

test('a change within a submodule makes the tree dirty, one that is not checked out does not', async () => {
  make();
  const part = make(join(folder, 'part'));
  git(repository, 'submodule', '--quiet', 'add', part, 'sub');
  git(repository, 'commit', '-qm', 'two');
  expect((await read())?.dirty).toBe(false);
  writeFileSync(join(repository, 'sub/a'), '2');
  expect((await read())?.dirty).toBe(true);
  git(repository, 'submodule', '--quiet', 'deinit', '--force', 'sub');
  expect((await read())?.dirty).toBe(false);
});

test('what git cannot tell is dirty', async () => {
  make();
  rmSync(join(repository, '.git/index'));
  writeFileSync(join(repository, '.git/index'), 'broken');
  expect((await read())?.dirty).toBe(true);
});

test('a folder that is a bare repository is not asked', async () => {
  make();
  const bare = join(repository, 'bare');
  git(folder, 'clone', '--quiet', '--bare', repository, bare);
  expect(await read(bare)).toBeUndefined();
});

describe('of a repository of somebody else', () => {
  const trace = () => join(folder, 'trace');
  /** A program that leaves a trace, with the environment that it was given. */
  const program = () => {
    const file = join(folder, 'program.sh');
    writeFileSync(file, `#!/bin/sh\nenv > ${trace()}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  /** Other times than the index has: git must read the file to see whether it changed. */
  const touch = (file: string) => utimesSync(join(repository, file), 1, 1);
  const attributes = (at: string, filter: string) =>
    writeFileSync(join(at, '.git/info/attributes'), `* filter=${filter}\n`);

  const cases: readonly (readonly [string, () => void])[] = [
    ['the file watcher', () => git(repository, 'config', 'core.fsmonitor', `${program()} #`)],
    [
      'the hook of a changed index',
      () => {
        writeFileSync(join(repository, '.git/hooks/post-index-change'), readFileSync(program()), { mode: 0o755 });
        touch('a');
      },
    ],
    [
      'a filter',
      () => {
        git(repository, 'config', 'filter.own.clean', `${program()}; cat`);
        attributes(repository, 'own');
        touch('a');
      },
    ],
    [
      'a long-running filter with a name that is hard to say',
      () => {
        git(repository, 'config', 'filter.o=w.n\u2028x.process', program());
        attributes(repository, 'o=w.n\u2028x');
        touch('a');
      },
    ],
    [
      'a filter of a submodule',
      () => {
        const part = make(join(folder, 'part'));
        git(repository, 'submodule', '--quiet', 'add', part, 'sub');
        git(repository, 'commit', '-qm', 'two');
        git(join(repository, 'sub'), 'config', 'filter.own.clean', `${program()}; cat`);
        writeFileSync(join(repository, '.git/modules/sub/info/attributes'), '* filter=own\n');
        touch('sub/a');
      },
    ],
    [
      'the transport of a partial clone',
      () => {
        const tree = git(repository, 'rev-parse', 'HEAD^{tree}').trim();
        rmSync(join(repository, '.git/objects', tree.slice(0, 2), tree.slice(2)));
        const settings = {
          'core.repositoryformatversion': '1',
          'extensions.partialClone': 'origin',
          'remote.origin.url': folder,
          'remote.origin.promisor': 'true',
          'remote.origin.uploadpack': `${program()}; false`,
        };
        for (const [name, value] of Object.entries(settings)) git(repository, 'config', name, value);
      },
    ],
  ];

  test.each(cases)('%s is not run', async (_name, arrange) => {
    make();
    arrange();
    expect((await read())?.sha).toMatch(/^[0-9a-f]{40}$/);
    expect(existsSync(trace())).toBe(false);
  });

  test('filters of the user are run, without any secret of ours', async () => {
    make();
    const settings = join(folder, 'gitconfig');
    writeFileSync(settings, `[filter "own"]\n\tclean = "${program()}; cat"\n`);
    attributes(repository, 'own');
    touch('a');
    const secrets = {
      AWS_SECRET_ACCESS_KEY: 'x1',
      AWS_PROFILE: 'x2',
      LADING_TOKEN: 'x3',
      GITHUB_TOKEN: 'x4',
      ACTIONS_RUNTIME_TOKEN: 'x5',
    };
    await read(repository, { GIT_CONFIG_GLOBAL: settings, ...secrets });
    const seen = readFileSync(trace(), 'utf8');
    expect(seen).toMatch(/^GIT_TERMINAL_PROMPT=0$/m);
    for (const name of Object.keys(secrets)) expect(seen).not.toContain(`${name}=`);
  });

  test('what a checkout with LFS writes stays', async () => {
    make();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git-lfs'), readFileSync(program()), { mode: 0o755 });
    git(repository, 'config', 'filter.lfs.clean', 'git-lfs clean -- %f');
    attributes(repository, 'lfs');
    touch('a');
    const env = { PATH: `${bin}:${process.env.PATH}` };
    await read(repository, env);
    expect(existsSync(trace())).toBe(true);
    rmSync(trace());
    git(repository, 'config', 'lfs.extension.own.clean', 'anything');
    await read(repository, env);
    expect(existsSync(trace())).toBe(false);
  });
});

test.each([
  ['git@example.com:acme/shop.git', 'https://example.com/acme/shop'],
  ['ssh://git@example.com/acme/shop.git', 'https://example.com/acme/shop'],
  ['https://user:token@example.com/acme/shop.git', 'https://example.com/acme/shop'],
  ['https://example.com/acme/shop', 'https://example.com/acme/shop'],
  ['/srv/git/shop.git', undefined],
])('the origin %s is shown as %s', (remote, address) => {
  expect(webAddress(remote)).toBe(address);
});
