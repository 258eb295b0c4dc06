import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { build } from '../../src/commands/build.js';
import type { Layout } from '../../src/image/layout/layout.js';
import { openLayout } from '../../src/image/layout/layout.js';
import type { Descriptor } from '../../src/oci/manifest.js';
import { parseImageManifest } from '../../src/oci/manifest.js';
import { parseReference } from '../../src/oci/reference.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { writeNodeApp, writeTinyBase } from '../support/node-app.js';
import type { TestWorld } from '../support/world.js';
import { testWorld } from '../support/world.js';

let app = '';
let base: Layout;
let world: TestWorld;
let parts: { readonly manifest: Descriptor; readonly config: Descriptor; readonly layer: Descriptor };

beforeEach(async () => {
  app = writeNodeApp();
  base = await writeTinyBase();
  world = testWorld({ cwd: mkdtempSync(join(tmpdir(), 'lading-work-')) });
  const raw = await base.manifest('latest');
  if (!raw) throw new Error('no base');
  const { config, layers } = parseImageManifest(raw);
  parts = {
    manifest: { mediaType: '', digest: raw.digest, size: raw.bytes.length },
    config,
    layer: layers[0] as Descriptor,
  };
});
afterEach(() => {
  world.close();
  for (const folder of [app, base.directory, world.cwd]) rmSync(folder, { recursive: true });
});

const pathOf = ({ digest }: Descriptor) => join(base.directory, 'blobs/sha256', digest.slice(7));
const values = {
  insecureRegistry: undefined,
  region: undefined,
  role: undefined,
  builder: 'auto' as const,
  platform: [{ os: 'linux', architecture: 'amd64' }],
  label: undefined,
  user: undefined,
  entrypoint: undefined,
  compression: 'gzip' as const,
  include: undefined,
  passEnv: undefined,
  file: undefined,
  target: undefined,
  buildArg: undefined,
  secret: undefined,
  ssh: undefined,
  buildNetwork: undefined,
  buildCacheFrom: undefined,
  buildCacheTo: undefined,
  contextLimit: undefined,
  engine: 'auto' as const,
  images: [],
  only: undefined,
  output: undefined,
  cacheFrom: undefined,
  env: undefined,
  to: undefined,
  push: undefined,
  tag: undefined,
  pin: undefined,
};
const makeImage = (more: object = {}) => build.run({ ...values, app, base: `oci:${base.directory}`, ...more }, world);
const damages: readonly (readonly [string, (part: Descriptor) => void])[] = [
  ['missing', (part) => rmSync(pathOf(part))],
  ['as long but other', (part) => writeFileSync(pathOf(part), 'x'.repeat(part.size))],
  ['cut', (part) => writeFileSync(pathOf(part), 'x'.repeat(part.size - 1))],
  ['longer', (part) => writeFileSync(pathOf(part), 'x'.repeat(part.size + 1))],
];

describe.each(['manifest', 'config', 'layer'] as const)('a base on this disk whose %s is', (part) => {
  test.each(damages)('%s: no image, and it is told which file of which folder', async (_name, damage) => {
    damage(parts[part]);
    await expect(makeImage()).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(new RegExp(`${base.directory}.*${parts[part].digest.slice(7)}`)) as string,
      hint: expect.stringMatching(/again/) as string,
    });
    const made = join(world.cwd, '.lading/image');
    expect(await (await openLayout(made)).manifest('latest')).toBeUndefined();
    expect(readdirSync(join(made, 'blobs/sha256'))).toEqual([]);
  });
});

test.each(damages)('a base layer that is %s does not reach a registry either', async (_name, damage) => {
  const sandbox = await startSandbox();
  const here = testWorld({ env: sandbox.env, cwd: world.cwd });
  try {
    sandbox.createRepository('shop');
    damage(parts.layer);
    const to = parseReference(`${sandbox.host}/shop:v1`);
    const pushing = build.run({ ...values, app, base: `oci:${base.directory}`, to, push: true }, here);
    await expect(pushing).rejects.toMatchObject({ kind: 'input' });
    expect(sandbox.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/manifests/'))).toEqual([]);
  } finally {
    here.close();
    await sandbox.close();
  }
});

test('what an earlier run left half-way of the same layer is made whole', async () => {
  const made = join(world.cwd, '.lading/image');
  mkdirSync(join(made, 'blobs/sha256'), { recursive: true });
  const file = join(made, 'blobs/sha256', parts.layer.digest.slice(7));
  writeFileSync(file, 'x'.repeat(parts.layer.size));
  await makeImage();
  const stream = await (await (await openLayout(made)).blob(parts.layer))?.open();
  const bytes: Buffer[] = [];
  for await (const piece of stream ?? []) bytes.push(piece as Buffer);
  expect(Buffer.concat(bytes)).toEqual(Buffer.alloc(1024));
});
