// Bundles src/ into dist/: everything is in, split so that a verb loads only what it needs.
import { chmod, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { lazyPackages } from './lazy-packages.mjs';

const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const entries = {
  cli: 'src/entry/bin.ts',
  index: 'src/index.ts',
  oci: 'src/oci.ts',
  sandbox: 'src/sandbox.ts',
  action: 'src/entry/action-bin.ts',
  'docker-credential-lading': 'src/entry/docker-credential-bin.ts',
};
const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

const draft = `dist.${process.pid}.tmp`;
await rm(draft, { recursive: true, force: true });
const result = await build({
  entryPoints: present,
  plugins: [lazyPackages],
  outdir: draft,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  keepNames: true,
  metafile: true,
  legalComments: 'none',
  define: { LADING_VERSION: JSON.stringify(version) },
  // Some packages are CommonJS and call require for Node's own modules.
  banner: {
    js: "import { createRequire as ladingRequire } from 'node:module'; const require = ladingRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
await writeFile(`${draft}/THIRD-PARTY-NOTICES.txt`, await notices(result.metafile));
for (const bin of ['cli', 'docker-credential-lading']) await chmod(`${draft}/${bin}.js`, 0o755);
if (!process.argv.includes('--no-types')) {
  const { buildTypes } = await import('./types.mjs');
  await buildTypes(['index', 'oci', 'sandbox'], `${draft}/types`);
}
await rm('dist', { recursive: true, force: true });
await rename(draft, 'dist');

/** The licences of the packages whose code is in the bundle. */
async function notices(metafile) {
  const packages = new Map();
  for (const input of Object.keys(metafile.inputs)) {
    if (input.startsWith('lazy-package:')) continue;
    const found = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//.exec(input);
    if (found) packages.set(found[2], found[1]);
  }
  const texts = [];
  for (const [name, folder] of [...packages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const manifest = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file
      ? await readFile(`${folder}/${file}`, 'utf8')
      : `Licence: ${manifest.license ?? 'see its repository'}`;
    texts.push(`${name} ${manifest.version} (${manifest.license ?? 'unknown'})\n\n${text.trim()}\n`);
  }
  return `lading contains code of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
