import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandTable } from '../../src/commands/index.js';
import { lading } from '../support/command-line.js';
import { requireTool } from '../support/tools.js';

const exec = promisify(execFile);
const verbs = [...new Set(commandTable.map(({ name }) => name.split(' ')[0] ?? '')), 'completion'].sort();
let work = '';

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'lading-completion-'));
  mkdirSync(join(work, 'functions'));
  writeFileSync(join(work, 'a file.txt'), '');
  const place = { bash: 'lading.bash', zsh: 'functions/_lading', fish: 'lading.fish' };
  for (const [shell, file] of Object.entries(place)) {
    const { code, stdout } = await lading(['completion', shell], { cwd: work });
    expect(code).toBe(0);
    writeFileSync(join(work, file), stdout);
  }
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What may stand in place of the last word of a line. */
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['lading ', verbs],
  ['lading bu', ['build']],
  ['lading nothing-like-it', []],
  ['lading build --comp', ['--compression']],
  ['lading build --compression ', ['gzip', 'zstd']],
  ['lading build --compression z', ['zstd']],
  ['lading build --no-such', []],
  ['lading build --app a', ['a file.txt']],
  ['lading build --label x', []],
  ['lading build --cache', ['--cache-from']],
  ['lading deploy --cache', []],
  ['lading push --tag build --cache', []],
  ['lading push --tag one --tag two --ta', ['--tag']],
  ['lading init ', ['dockerfile', 'rollback', 'rotate', 'ship']],
  ['lading init rotate --every', []],
  ['lading init rotate --cro', ['--cron']],
  ['lading rotate --cro', []],
  ['lading completion ', ['bash', 'fish', 'zsh']],
  ['lading completion f', ['fish']],
];

describe('bash', () => {
  /** As readline calls the function: words split at blanks and at `=`. */
  const SCRIPT = `
source ./lading.bash
complete -p lading > /dev/null || exit 9
COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
_lading
(( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"
exit 0`;
  const complete = async (line: string) => {
    const words = line.split(' ').flatMap((word) => word.split(/(=)/).filter((part) => part !== '' || word === ''));
    const { stdout, stderr } = await exec('bash', ['--norc', '-c', SCRIPT, 'bash', ...words], { cwd: work });
    expect(stderr).toBe('');
    return stdout.split('\n').filter(Boolean).sort();
  };

  test.each([
    ...lines.filter(([line]) => !line.startsWith('lading init ')),
    ['lading init r', ['rollback', 'rotate']],
    ['lading build --compression=', ['gzip', 'zstd']],
    ['lading build --compression=g', ['gzip']],
  ] as const)('%s', async (line, expected) => expect(await complete(line)).toEqual(expected));
});

describe('fish', () => {
  const fish = requireTool('fish');
  test.each([...lines, ['lading build --compression=g', ['--compression=gzip']] as const])(
    '%s',
    async (line, expected) => {
      if (!fish) return;
      const script = `source ./lading.fish; complete -C'${line}'`;
      const env = { PATH: process.env.PATH, HOME: work, XDG_CONFIG_HOME: work, XDG_DATA_HOME: work };
      const { stdout, stderr } = await exec(fish, ['--no-config', '-c', script], { cwd: work, env });
      expect(stderr).toBe('');
      const found = stdout.split('\n').filter(Boolean);
      expect(found.map((one) => one.split('\t')[0]?.replaceAll('\\ ', ' ')).sort()).toEqual(expected);
      // Flags and verbs come with their summaries.
      for (const one of found) if (one.startsWith('--') && !one.includes('=')) expect(one).toMatch(/\t\S/);
    },
  );
});

describe('zsh', () => {
  const zsh = requireTool('zsh');
  /** Types a line and Tab into an interactive zsh, and prints what the line became. */
  const SCRIPT = `
zmodload zsh/zpty || exit 9
zpty shell zsh -f -i
wait_for() { local piece all; while zpty -r shell piece; do all+=$piece; [[ $all == *$1* ]] && break; done; print -r -- "$all" }
zpty -w shell "PS1=; cd $PWD; $1; autoload -U compinit; compinit -u -d $PWD/dump; $2"
zpty -w shell 'bindkey "^I" complete-word; unsetopt list_beep auto_list auto_menu; show() { print -r -- "<<$BUFFER>>"; zle kill-buffer }; zle -N show; bindkey "^X" show; print rea""dy'
wait_for ready > /dev/null
zpty -w -n shell "$3"$'\\t'$'\\x18'
wait_for '>>'
zpty -d shell`;
  const complete = async (line: string, before: string, after: string) => {
    const args = ['-f', '-c', SCRIPT, 'zsh', before, after, line];
    const env = { PATH: process.env.PATH, HOME: work, TERM: 'dumb' };
    const { stdout } = await exec(zsh ?? '', args, { cwd: work, env, timeout: 5000 });
    return /<<([\s\S]*)>>/.exec(stdout)?.[1];
  };
  const certain = lines.filter(([, expected]) => expected.length < 2);

  test.each(certain)('%s', async (line, expected) => {
    if (!zsh) return;
    const became = await complete(line, 'fpath=(./functions $fpath)', ':');
    const start = line.slice(0, line.lastIndexOf(' ') + 1);
    expect(became?.replaceAll('\\ ', ' ')).toBe(expected[0] === undefined ? line : `${start}${expected[0]} `);
  });

  test('sourced instead of found in $fpath', async () => {
    if (!zsh) return;
    expect(await complete('lading bu', ':', 'source ./functions/_lading')).toBe('lading build ');
  });
});

test('another shell is told which there are', async () => {
  const ended = await lading(['completion', 'tcsh'], { cwd: work });
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toBe('error: tcsh: is not a shell with completions\nhint: Choose bash, zsh or fish.\n');
});
