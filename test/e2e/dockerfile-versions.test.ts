import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lading } from '../support/command-line.js';

let work = '';
let app = '';
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'lading-versions-'));
  app = join(work, 'app');
  for (const folder of [app, join(work, 'bin')]) mkdirSync(folder);
  writeFileSync(join(app, 'Dockerfile'), 'FROM scratch\nCOPY . .\n');
});
afterEach(() => rmSync(work, { recursive: true }));

/** A program that answers by its first words; what it was asked stands in a file beside it. */
function put(name: string, answers: Readonly<Record<string, string>>): void {
  const cases = Object.entries(answers).map(([words, script]) => `  "${words}"*) ${script} ;;`);
  const file = join(work, 'bin', name);
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\n' "$0 $*" >> "${join(work, 'asked')}"\ncase "$*" in\n${cases.join('\n')}\n  *) echo "unknown: $*" >&2; exit 1 ;;\nesac\n`,
  );
  chmodSync(file, 0o755);
}
const versionOf = (client: string, server?: string) =>
  `echo '${JSON.stringify({ Client: { Version: client }, Server: server === undefined ? null : { Version: server } })}'`;
const docker = (client: string, server: string, more: Readonly<Record<string, string>> = {}) =>
  put('docker', { version: versionOf(client, server), ...more });
const run = (...args: readonly string[]) =>
  lading(['build', '--builder', 'dockerfile', ...args], {
    cwd: app,
    env: { PATH: `${join(work, 'bin')}:/usr/bin:/bin` },
  });
const asked = () => readFileSync(join(work, 'asked'), 'utf8');

describe('an engine that cannot', () => {
  test.each<[string, () => void, readonly string[], RegExp, RegExp]>([
    [
      'has no BuildKit',
      () => docker('28.2.2', '28.2.2'),
      ['--engine', 'docker'],
      /docker 28\.2\.2 has no BuildKit without its plugin buildx/,
      /Install the buildx plugin/,
    ],
    ['has no buildx', () => docker('20.10.24', '20.10.24'), ['--engine', 'buildx'], /docker has no buildx/, /Install/],
    [
      'is too old',
      () => docker('19.03.9', '19.03.9'),
      ['--engine', 'docker'],
      /docker 19\.03\.9 is too old: 20\.10 is needed/,
      /Take a newer one/,
    ],
    [
      'leaves no cache',
      () => docker('20.10.24', '20.10.24'),
      ['--engine', 'docker', '--build-cache-to', 'r.example/cache'],
      /knows no --build-cache-to: it needs the plugin buildx/,
      /leave out what it cannot do/,
    ],
    [
      'is not started',
      () =>
        put('docker', {
          version: `${versionOf('28.2.2')}; echo 'Cannot connect to the Docker daemon at unix:///x' >&2; exit 1`,
        }),
      ['--engine', 'docker'],
      /docker does not reach its engine: Cannot connect to the Docker daemon at unix:\/\/\/x/,
      /Install Docker, start it/,
    ],
    [
      'is podman under the name of docker',
      () => put('docker', { version: versionOf('4.3.1') }),
      ['--engine', 'docker'],
      /docker is another program here, without an engine/,
      /--engine podman/,
    ],
    [
      'says nothing that one can read',
      () => put('docker', { version: 'echo hello' }),
      ['--engine', 'docker'],
      /docker does not tell its version: hello/,
      /docker version/,
    ],
    [
      'is an old buildah',
      () => put('buildah', { '--version': 'echo "buildah version 1.19.6 (image-spec 1.0.1-dev)"' }),
      ['--engine', 'buildah'],
      /buildah 1\.19\.6 is too old: 1\.24 is needed/,
      /Take a newer one/,
    ],
    [
      'is a buildah without a registry cache',
      () => put('buildah', { '--version': 'echo "buildah version 1.26.0"' }),
      ['--engine', 'buildah', '--build-cache-from', 'r.example/cache'],
      /buildah 1\.26\.0 knows no --build-cache-from: 1\.28 does/,
      /Take a newer one/,
    ],
  ])('%s', async (_name, arrange, args, message, hint) => {
    arrange();
    const ended = await run(...args);
    expect([ended.code, ended.stderr]).toEqual([6, expect.stringMatching(message) as string]);
    expect(ended.stderr).toMatch(new RegExp(`hint: .*${hint.source}`));
  });

  test('is passed over when another can, and it is told why', async () => {
    docker('28.2.2', '28.2.2');
    put('buildah', { '--version': 'echo "buildah version 1.19.6"' });
    put('podman', { '--version': 'echo "podman version 4.9.3"', build: 'echo "Error: enough" >&2; exit 125' });
    const ended = await run('--verbose');
    expect(ended.code).toBe(6);
    expect(ended.stderr).toMatch(/built by podman 4\.9\.3 \(docker has no buildx; .*buildah 1\.19\.6 is too old/);
    expect(ended.stderr).toMatch(/podman 4\.9\.3 ended with exit code 125 on .*Dockerfile: enough/);
  });
});

describe('what an engine is told', () => {
  const buildx = (driver: string, version = '0.29.1') =>
    docker('28.5.2', '28.5.2', {
      'buildx version': `echo "github.com/docker/buildx v${version} 1234567"`,
      'buildx inspect': `printf 'Name:   own\\nDriver: ${driver}\\n'`,
      info: `echo '[["Backing Filesystem","extfs"]]'`,
      'context show': 'echo desktop-linux',
      'buildx build': 'echo "ERROR: failed to solve: enough" >&2; exit 1',
      'image rm': 'exit 0',
    });

  test('names secrets and never their values, which its words do not show either', async () => {
    docker('20.10.24', '20.10.24', {
      'build ': 'echo "#1 [1/1] RUN x"; echo "#1 0.1 it is $OWN and $(cat "$HOME/../file")" >&2; exit 1',
    });
    writeFileSync(join(work, 'file'), 'second-sesame\n');
    const env = {
      PATH: `${join(work, 'bin')}:/usr/bin:/bin`,
      OWN: 'first-sesame',
      LADING_GITHUB_TOKEN: 'third-sesame',
    };
    const secrets = ['--secret', 'id=one,env=OWN', '--secret', 'id=two,src=../file'];
    const ended = await lading(['build', '--engine', 'docker', ...secrets], { cwd: app, env });
    expect(ended.code).toBe(6);
    expect(ended.stdout + ended.stderr).toContain('it is *** and ***');
    expect(ended.stdout + ended.stderr + asked()).not.toContain('sesame');
    expect(asked()).toContain(`--secret id=one,env=OWN --secret id=two,src=${join(work, 'file')}`);
  });

  test('is all that was asked for', async () => {
    buildx('docker-container');
    const args = ['--target', '0', '--build-arg', 'A=1', '--ssh', 'default', '--build-network', 'host'];
    const caches = ['--build-cache-from', 'r.example/cache', '--build-cache-to', 'r.example/cache'];
    const ended = await run('--engine', 'buildx', '--platform', 'linux/arm64', ...args, ...caches);
    expect(ended.code, ended.stderr).toBe(6);
    const build = asked()
      .split('\n')
      .find((line) => line.includes('buildx build'));
    for (const words of [
      '--provenance=false --sbom=false',
      '--output type=oci,dest=',
      ',compression=uncompressed,force-compression=true',
      '--cache-from type=registry,ref=r.example/cache ',
      '--cache-to type=registry,ref=r.example/cache,mode=max,image-manifest=true,oci-mediatypes=true',
      '--platform linux/arm64',
      '--target 0 --build-arg A=1 --network host --ssh default',
    ])
      expect(build).toContain(words);
    // It makes an archive: nothing of ours is left in an engine.
    expect(asked()).not.toContain('image rm');
  });

  test('an old buildx gets no words that it does not know, and a builder of the engine keeps its image', async () => {
    buildx('docker', '0.8.2');
    expect((await run('--engine', 'buildx')).code).toBe(6);
    const build = asked();
    expect(build).not.toContain('--provenance');
    expect(build).toMatch(/buildx build --progress=plain --load --tag lading-build:\w+ --file/);
    expect(build).toMatch(/image rm lading-build:\w+/);
  });

  test('the engine itself is meant with --engine docker, whatever builder is in use', async () => {
    buildx('kubernetes');
    expect((await run('--engine', 'docker')).code).toBe(6);
    expect(asked()).toMatch(/buildx build --builder desktop-linux --progress=plain/);
  });
});

describe('is told before an engine is asked:', () => {
  test.each<[string, readonly string[], string]>([
    ['a Dockerfile that is missing', ['--file', 'None'], 'DOCKERFILE_MISSING'],
    ['a stage that is missing', ['--target', 'none'], 'TARGET_UNKNOWN'],
    ['a secret that is not set', ['--secret', 'id=a,env=NOT_SET', '--secret', 'id=b,src=none'], 'SECRET_MISSING'],
  ])('%s', async (_name, args, code) => {
    const ended = await run(...args, '--json');
    expect(ended.code).toBe(2);
    expect(JSON.parse(ended.stdout)).toMatchObject({ error: { kind: 'input', code } });
  });

  test('a builder that has no use for a stage', async () => {
    const ended = await lading(['build', '--builder', 'node', '--target', 'x', '--build-arg', 'A=1'], { cwd: app });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/--target: says nothing to the builder node[\s\S]*--build-arg: says nothing/);
  });

  test('a folder that is too large, with the lines to add', async () => {
    docker('20.10.24', '20.10.24');
    mkdirSync(join(app, 'node_modules'));
    writeFileSync(join(app, 'node_modules/large'), Buffer.alloc(3000));
    const ended = await run('--engine', 'docker', '--context-limit', '2kB');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/has 3\.\d kB in 2 files \(node_modules 3\.0 kB\): more than 2\.0 kB/);
    expect(ended.stderr).toContain('hint: Add the lines of what the image does not need');
    expect(ended.stderr).toContain(': **/node_modules; or allow more with --context-limit.');
    writeFileSync(join(app, '.dockerignore'), 'node_modules');
    expect((await run('--engine', 'docker', '--context-limit', '2kB')).code).toBe(6);
  });
});
