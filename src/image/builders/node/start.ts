import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { parse } from 'shell-quote';
import { LadingError } from '../../../base/errors.js';

/** What runs in the image, and the variables that its start script sets. */
export interface Start {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface PackageJson {
  readonly main?: string | undefined;
  readonly scripts?: Readonly<Record<string, string>> | undefined;
}

/** `start` when it is a plain `node …`; without one `main`, else the usual names. A shell would not pass signals on. */
export async function findStart(app: string, manifest: PackageJson): Promise<Start> {
  const script = manifest.scripts?.start?.trim();
  if (script) {
    const start = parseStart(script);
    if (!start) throw noEntry(`its \`start\` is ${JSON.stringify(script)}, which is no plain node command`);
    const file = scriptOf(start.words);
    if (file !== undefined && (await resolveScript(app, file)) === undefined)
      throw noEntry(
        `its \`start\` runs ${file}, which does not exist`,
        'Build the app first: its script is not there.',
      );
    return start;
  }
  for (const name of [manifest.main, 'server.js', 'index.js', 'dist/index.js'])
    if (name !== undefined && (await resolveScript(app, name)) !== undefined) return { words: ['node', name], env: {} };
  throw noEntry('it has neither a `start` script nor a `main` that exists');
}

export function startWith(words: readonly string[]): Start {
  return { words, env: {} };
}

function noEntry(
  why: string,
  hint = 'Set "start": "node server.js" in package.json, or name the words of the program, as --entrypoint node --entrypoint server.js; is the app built?',
): LadingError {
  return new LadingError('input', `package.json does not say what to run: ${why}`, { code: 'NO_ENTRY', hint });
}

/** `NODE_ENV=production node --import ./otel.mjs server.js`; undefined for what only a shell or another program can run. */
export function parseStart(script: string): Start | undefined {
  // What a shell would do something with, and a quote without its end; operators come back as objects.
  if (/[$`\\~\n]/.test(script) || /["']/.test(script.replace(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const parsed = parse(script);
  const words = parsed.filter((word) => typeof word === 'string');
  if (words.length < parsed.length) return undefined;
  const env: Record<string, string> = {};
  for (let word = words[0]; word !== undefined && word !== 'node'; word = words[0]) {
    const [, name, value = ''] = /^([A-Za-z_]\w*)=(.*)$/.exec(word) ?? [];
    if (name !== undefined) env[name] = value;
    else if (!/^(exec|env|cross-env)$/.test(word)) return undefined;
    words.shift();
  }
  return words.length > 1 ? { words, env } : undefined;
}

/** Options of Node that take the next word as their value. https://nodejs.org/api/cli.html */
const TAKES_VALUE =
  /^(-r|--require|--import|--loader|--experimental-loader|-C|--conditions|--env-file|--env-file-if-exists|--title)$/;

/** The script among the words of a node command; undefined when there is none, as with `--eval`. */
export function scriptOf(words: readonly string[]): string | undefined {
  for (let at = 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') return words[at + 1];
    if (/^(-e|-p|-pe|--eval|--print|--run|--test)(=|$)/.test(word)) return undefined;
    if (TAKES_VALUE.test(word)) at++;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}

/** The file below the app that Node runs for `node NAME`; what is named by an absolute path is not looked for. */
export async function resolveScript(app: string, name: string): Promise<string | undefined> {
  if (isAbsolute(name)) return name;
  const main = await readFile(join(app, name, 'package.json'), 'utf8')
    .then((text) => (JSON.parse(text) as { main?: string }).main)
    .catch(() => undefined);
  const inside = main === undefined ? [] : [join(name, main), `${join(name, main)}.js`, join(name, main, 'index.js')];
  return [name, `${name}.js`, `${name}.json`, ...inside, join(name, 'index.js')]
    .map((file) => normalize(file))
    .find((file) => isFile(join(app, file)));
}

/** Files of the app that the words name, by themselves or as the value of an option. */
export async function filesNamed(app: string, words: readonly string[]): Promise<string[]> {
  const script = scriptOf(words);
  const found = script === undefined ? undefined : await resolveScript(app, script);
  const named = words.slice(1).map((word) => normalize(word.replace(/^--?[\w-]+=/, '')));
  return [...new Set([...(found === undefined ? [] : [found]), ...named])].filter(
    (file) => !isAbsolute(file) && !file.startsWith('..') && isFile(join(app, file)),
  );
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
