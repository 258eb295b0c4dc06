import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { virtualClock } from '../../src/base/clock.js';
import { runCli } from '../../src/entry/cli.js';
import type { Bill } from '../../src/release/paper/bill.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { writeShellApp } from '../support/dockerfile-apps.js';
import type { TestEngine } from '../support/dockerfile-engines.js';
import { startBuildah } from '../support/dockerfile-engines.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import { requireTool } from '../support/tools.js';

const work = mkdtempSync(join(tmpdir(), 'lading-dockerfile-ship-'));
let busybox: string | undefined;
let engine: TestEngine | undefined;
beforeAll(() => {
  busybox = requireTool('busybox');
  engine = startBuildah(join(work, 'buildah'));
}, 120_000);
afterAll(async () => {
  await engine?.close();
  rmSync(work, { recursive: true, force: true });
});

test('one release of an app with a Dockerfile and one without ships, and then there is nothing to do', async (context) => {
  if (!engine || !busybox) return context.skip();
  const base = (await writeTinyBase()).directory;
  const apps = { web: writeShellApp(busybox), jobs: writeNodeApp() };
  const clock = virtualClock();
  const sandbox = await startSandbox({ clock });
  try {
    for (const name of ['web', 'jobs']) {
      sandbox.createRepository(name, { immutable: true });
      const containerDefinitions = [{ name: 'main', image: `${sandbox.host}/${name}:before`, memory: 128 }];
      await sandbox.call('ecs', 'RegisterTaskDefinition', { family: name, containerDefinitions });
      await sandbox.call('ecs', 'CreateService', { serviceName: name, taskDefinition: name, desiredCount: 1 });
    }
    await clock.sleep(120_000);
    // The base is that of those who are packed.
    writeFileSync(
      join(work, 'lading.yml'),
      `region: eu-central-1
build: { base: "oci:${base}", engine: buildah, build-network: none }
images:
  web: { app: "${apps.web}", to: "${sandbox.host}/web:v1", file: "${apps.web}/Dockerfile", build-arg: { A: "1" } }
  jobs: { app: "${apps.jobs}", to: "${sandbox.host}/jobs:v1" }
deploy: { cluster: default, timeout: 5m }
services:
  web: { image: web }
  jobs: { image: jobs }
`,
    );
    const ship = async () => {
      const out: string[] = [];
      const err: string[] = [];
      const code = await runCli(['ship', '--json'], {
        env: { ...sandbox.env, ...engine?.env },
        cwd: work,
        signal: new AbortController().signal,
        clock,
        stdout: { write: (text) => out.push(text) },
        stderr: { write: (text) => err.push(text) },
      });
      expect(code, err.join('')).toBe(0);
      return { bill: JSON.parse(out.join('')) as Bill, text: err.join('') };
    };
    const first = await ship();
    expect([first.bill.outcome, first.bill.images.map(({ name }) => name)]).toEqual(['steady', ['web', 'jobs']]);
    expect(first.bill.images[0]?.layers.map(({ kind }) => kind.split(' ')[0])).toEqual(['COPY', 'RUN', 'COPY', 'COPY']);
    expect(first.text).toContain('--base is not used');

    const second = await ship();
    expect(second.bill.outcome).toBe('unchanged');
    expect(second.bill.images.map(({ bytesUploaded }) => bytesUploaded)).toEqual([0, 0]);
    expect(second.bill.images.flatMap(({ layers }) => layers).every(({ reused }) => reused)).toBe(true);
  } finally {
    await sandbox.close();
    for (const folder of [base, ...Object.values(apps)]) rmSync(folder, { recursive: true });
  }
}, 240_000);
