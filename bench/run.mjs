// `npm run bench`: measures lading beside the builders that are installed. The parts are TypeScript and share the tests' real registry and engine.
import { mkdirSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const outfile = resolve('node_modules/.cache/lading-bench/bench.mjs');
mkdirSync(resolve(outfile, '..'), { recursive: true });
await build({
  entryPoints: ['bench/bench.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  packages: 'external',
  logLevel: 'warning',
});
const { bench } = await import(pathToFileURL(outfile).href);
await bench(process.argv.slice(2));
