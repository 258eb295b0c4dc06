// All that CI does, side by side; prints each step's verdict and what failed.
import { spawn } from 'node:child_process';

const node = process.execPath;
const steps = {
  format: [node, 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  lint: [node, 'node_modules/eslint/bin/eslint.js', '.'],
  types: [node, 'node_modules/typescript/bin/tsc', '-p', '.'],
  'unused code': [node, 'node_modules/knip/bin/knip.js'],
  'package shape': [node, 'node_modules/publint/src/cli.js', '--strict'],
};

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (text += piece));
    child.once('close', (code) => resolve({ code, text }));
  });
}

async function step(name, command) {
  const started = performance.now();
  const { code, text } = await run(command);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} ${((performance.now() - started) / 1000).toFixed(1)}s`);
  if (code !== 0) console.log(text.trim().replace(/^/gm, '    '));
  return code === 0;
}

// The build comes first: tests and package shape look at dist/. Generated files and import directions are tests.
let ok = await step('build', [node, 'scripts/build.mjs']);
const names = Object.keys(steps);
for (let at = 0; at < names.length; at += 2) {
  const pair = names.slice(at, at + 2);
  const results = await Promise.all(pair.map((name) => step(name, steps[name])));
  ok = results.every(Boolean) && ok;
}
ok = (await step('tests', [node, 'node_modules/vitest/vitest.mjs', 'run'])) && ok;
process.exitCode = ok ? 0 : 1;
