import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { DockerEngine } from './docker-engine.js';
import { requireTool } from './tools.js';

const programs = ['sh', 'env', 'cp', 'mkdir', 'rm', 'chown', 'id', 'cat', 'ls'];

/**
 * An image with Node, npm and a shell, out of this computer's own files: no registry is asked. Undefined where this
 * Node has no npm beside it, or cannot be copied.
 */
export function importNodeBase(engine: DockerEngine, name: string): string | undefined {
  const npm = requireTool('npm');
  if (npm === undefined || !existsSync('/bin/sh')) return undefined;
  const found = programs.map((program) =>
    execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim(),
  );
  const files = [process.execPath, ...found].flatMap((file) => [file, realpathSync(file), ...librariesOf(file)]);
  const npmFolder = dirname(dirname(realpathSync(npm)));
  const folder = mkdtempSync(join(tmpdir(), 'lading-node-base-'));
  try {
    const archive = join(folder, 'base.tar');
    const links = ['/bin', '/lib', '/lib64', '/usr/lib64'].filter(
      (path) => existsSync(path) && realpathSync(path) !== path,
    );
    // `/lib` is a link on most systems: what lies behind it stands at its real place.
    const placed = [...files, npm, npmFolder].map((path) => join(realpathSync(dirname(path)), basename(path)));
    const all = [...new Set([...links, ...placed])].map((path) => path.slice(1));
    execFileSync('tar', ['-C', '/', '-cf', archive, ...all], { stdio: 'pipe' });
    const changes = [`ENV PATH=${dirname(process.execPath)}:${dirname(npm)}:/usr/bin:/bin`].flatMap((line) => [
      '--change',
      line,
    ]);
    execFileSync('docker', ['import', ...changes, archive, name], { env: engine.env, stdio: 'pipe' });
    return name;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function librariesOf(file: string): readonly string[] {
  const text = execFileSync('ldd', [realpathSync(file)], { encoding: 'utf8' });
  return [...text.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path = '']) => [path, realpathSync(path)]);
}
