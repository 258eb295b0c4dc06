import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { initDockerfile } from '../../src/ground/init/dockerfile/init-dockerfile.js';
import type { DockerEngine } from '../support/docker-engine.js';
import { startDockerEngine } from '../support/docker-engine.js';
import { folderOf, textIn, worldIn } from '../support/init-folder.js';
import { importNodeBase } from '../support/node-base.js';
import { requireTool } from '../support/tools.js';

const run = promisify(execFile);
const BASE = 'lading-test/node:base';

let engine: DockerEngine | undefined;
let base: string | undefined;
beforeAll(async () => {
  engine = await startDockerEngine();
  base = engine && importNodeBase(engine, BASE);
});
afterAll(() => engine?.close());

/** The engine's own command line, which speaks to BuildKit by itself, and not another that somebody put before it. */
const docker = async (...args: readonly string[]) => {
  const path = `${dirname(requireTool('dockerd') ?? '').replace(/sbin$/, 'bin')}:${engine?.env.PATH ?? ''}`;
  return (await run('docker', args, { env: { ...engine?.env, PATH: path, DOCKER_BUILDKIT: '1' } })).stdout;
};

test('the Dockerfile of a Node service is built by an engine, and what it makes runs without root and without what only built it', async (context) => {
  if (base === undefined) return context.skip();
  const folder = folderOf({
    'package.json': {
      name: 'shop',
      version: '1.0.0',
      scripts: { build: 'node build.js', start: 'MODE=test node dist/server.js' },
      dependencies: { greet: 'file:./greet' },
      devDependencies: { tool: 'file:./tool' },
    },
    'greet/package.json': { name: 'greet', version: '1.0.0' },
    'greet/index.js': "module.exports = 'hello';",
    'tool/package.json': { name: 'tool', version: '1.0.0' },
    'tool/index.js': "module.exports = 'built';",
    'build.js':
      "require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/built.txt', require('tool')); require('fs').copyFileSync('server.js', 'dist/server.js');",
    'server.js':
      "const { existsSync, readFileSync } = require('fs'); console.log(JSON.stringify([require('greet'), readFileSync('dist/built.txt', 'utf8'), process.env.MODE, process.env.NODE_ENV, process.getuid(), existsSync('node_modules/tool'), existsSync('.env'), process.pid]));",
    '.env': 'SECRET=1',
    '.npmrc': 'fund=false\naudit=false\n',
  });
  try {
    await initDockerfile({ base, port: 8080, yes: true }, worldIn(folder));
    expect(textIn(folder, 'Dockerfile')).toContain(`ARG BASE=${BASE}`);
    // Its packages are folders of it, so that all of it is there when they are installed.
    expect(textIn(folder, 'Dockerfile')).toMatch(/COPY \. \.\nRUN .* npm install/);
    await docker(
      'build',
      '--network',
      'none',
      '--tag',
      'lading-test/app',
      '--secret',
      `id=npmrc,src=${folder}/.npmrc`,
      folder,
    );
    const printed = await docker('run', '--rm', '--network', 'none', 'lading-test/app');
    expect(JSON.parse(printed)).toEqual(['hello', 'built', 'test', 'production', 1000, false, false, 1]);
    const { Config } = (
      JSON.parse(await docker('image', 'inspect', 'lading-test/app')) as [{ Config: Record<string, unknown> }]
    )[0];
    expect(Config).toMatchObject({ User: '1000:1000', ExposedPorts: { '8080/tcp': {} } });
    expect(await docker('history', '--no-trunc', 'lading-test/app')).not.toContain('.npmrc');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
