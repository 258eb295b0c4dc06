import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A program for the Actions runner of a verb that is declared in `test/support`; `work` is done with `command`, `runner`. */
export async function bundleStep(verb: string, work: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'lading-step-')), 'main.mjs');
  await build({
    stdin: {
      contents: `
        import { onRunner } from '../../src/entry/action-bin.js';
        import { runPost } from '../../src/entry/runner/post-step.js';
        import { runStep } from '../../src/entry/runner/step.js';
        import { ${verb} as command } from './${verb}.js';
        await onRunner(async (runner) => { ${work} });`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire as ladingRequire } from 'node:module'; const require = ladingRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}
