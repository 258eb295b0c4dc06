import { join } from 'node:path';
import { LadingError } from '../base/errors.js';
import { pathExists } from '../base/files.js';

/** What the image of a service runs. */
export interface NodeEntry {
  readonly words: readonly string[];
  /** Variables that the start script sets. */
  readonly env: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** `start` when it is a plain `node …`, else `main`, else the usual names. A shell would not pass signals on. */
export async function findEntry(
  app: string,
  manifest: { readonly main?: string; readonly scripts?: Readonly<Record<string, string>> },
): Promise<NodeEntry> {
  const start = manifest.scripts?.start;
  const plain = start === undefined ? undefined : await parseStart(start);
  if (plain) return { ...plain, notes: [] };
  for (const name of [manifest.main, 'server.js', 'index.js', 'dist/index.js']) {
    if (name === undefined || !(await pathExists(join(app, name)))) continue;
    const note = `\`start\` in package.json, ${JSON.stringify(start)}, is no plain node command: the image runs node ${name}`;
    return { words: ['node', name], env: {}, notes: start === undefined ? [] : [note] };
  }
  const why = start === undefined ? '' : `: ${JSON.stringify(start)} is no plain node command`;
  throw new LadingError('input', `package.json says neither by \`start\` nor by \`main\` what to run${why}`, {
    code: 'NO_ENTRY',
    hint: 'Set "start": "node server.js" in package.json, or pass --entrypoint; is the app built?',
  });
}

/** `[NAME=value …] node …` in words; undefined for all that needs a shell. */
async function parseStart(start: string): Promise<Pick<NodeEntry, 'words' | 'env'> | undefined> {
  const { parse } = await import('shell-quote');
  if (/[$`\n]/.test(start)) return undefined;
  const words = parse(start).map((word) => (typeof word === 'string' ? word : undefined));
  if (words[0] === 'cross-env') words.shift();
  const env: Record<string, string> = {};
  for (let pair = setting(words[0]); pair; pair = setting(words[0])) {
    env[pair[0]] = pair[1];
    words.shift();
  }
  if (words[0] !== 'node' || words.length < 2 || words.includes(undefined)) return undefined;
  return { words: words as string[], env };
}

function setting(word: string | undefined): readonly [string, string] | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(word ?? '');
  return match ? [match[1] ?? '', match[2] ?? ''] : undefined;
}
