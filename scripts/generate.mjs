// Writes what follows from the declarations of the verbs: actions, reference pages, the schema of lading.yml.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const folder = await mkdtemp(join(tmpdir(), 'lading-generate-'));
try {
  await build({
    entryPoints: { files: 'src/entry/generate/files.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    banner: {
      js: "import { createRequire as ladingRequire } from 'node:module'; const require = ladingRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  const { generatedFiles, generatedFolders } = await import(pathToFileURL(join(folder, 'files.mjs')).href);
  const files = await generatedFiles();
  for (const [path, text] of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  for (const root of generatedFolders) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name).replaceAll('\\', '/');
      if (entry.isFile() && !files.has(path)) await rm(path);
    }
  }
  console.error(`${files.size} files generated`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
