// Makes a fresh clone ready with Node alone: installs the packages and builds, each only when something is missing or newer.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'));
const time = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

if (time('node_modules/.package-lock.json') < time('package-lock.json')) {
  console.error('Installing the packages of lading …');
  const npm = process.env.npm_execpath;
  const [program, before] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  execFileSync(program, [...before, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && program === 'npm',
  });
}

const newest = Math.max(
  time('package.json'),
  time('scripts/build.mjs'),
  ...readdirSync('src', { recursive: true }).map((file) => time(join('src', file))),
);
if (time('dist/cli.js') < newest) {
  console.error('Building lading …');
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 2, 2] });
}
