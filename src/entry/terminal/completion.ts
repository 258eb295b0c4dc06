import type { Input } from '../../base/declare/input.js';
import { listed } from '../../base/declare/input.js';
import { commandTable } from '../../commands/index.js';
import { sharedInputs } from './result-text.js';

interface Flag {
  readonly name: string;
  readonly summary: string;
  readonly choices: readonly string[];
  readonly takes: 'nothing' | 'file' | 'value';
  readonly many: boolean;
}

interface Words {
  readonly verb: string;
  /** What may follow a verb of two words, as `rotate` after `init`. */
  readonly seconds: readonly string[];
  readonly summary: string;
  readonly flags: readonly Flag[];
}

const SHELLS = ['bash', 'zsh', 'fish'];

/** A script for the shell that completes verbs, flags, choices and files; undefined for other shells. */
export async function completionFor(shell: string): Promise<string | undefined> {
  if (!SHELLS.includes(shell)) return undefined;
  const verbs: Words[] = [];
  for (const entry of commandTable) {
    const command = await entry.load();
    const inputs = { ...command.inputs, ...sharedInputs(command) };
    const flags = Object.entries(listed(inputs)).flatMap(([name, input]) =>
      input.secret ? [] : [flagOf(name, input)],
    );
    const [verb = '', ...second] = entry.name.split(' ');
    const same = verbs.findIndex((one) => one.verb === verb);
    const before = verbs[same];
    const merged = {
      verb,
      summary: before?.summary ?? entry.summary,
      seconds: [...(before?.seconds ?? []), ...second],
      flags: unique([...(before?.flags ?? []), ...flags], (flag) => flag.name),
    };
    if (before) verbs[same] = merged;
    else verbs.push(merged);
  }
  verbs.push({ verb: 'completion', summary: 'Print a script that completes in a shell', seconds: SHELLS, flags: [] });
  if (shell === 'fish') return fish(verbs);
  return shell === 'zsh' ? zsh(verbs) : bash(verbs);
}

function flagOf(name: string, { kind, summary, choices = [] }: Input<unknown>): Flag {
  const takes = kind === 'boolean' ? 'nothing' : kind === 'path' ? 'file' : 'value';
  return { name, summary, choices, takes, many: ['list', 'pairs', 'entries', 'record'].includes(kind) };
}

function bash(verbs: readonly Words[]): string {
  const cases = verbs.map(
    ({ verb, seconds, flags }) =>
      `    ${verb}) words="${[...seconds, ...flags.map((flag) => `--${flag.name}`)].join(' ')}" ;;`,
  );
  const all = unique(
    verbs.flatMap(({ flags }) => flags),
    (flag) => flag.name,
  );
  const namesOf = (flags: readonly Flag[]) => flags.map((flag) => `--${flag.name}`).join('|');
  const choices = all.filter((flag) => flag.choices.length > 0);
  const files = all.filter((flag) => flag.takes === 'file');
  const values = all.filter((flag) => flag.takes === 'value' && flag.choices.length === 0);
  return [
    '# lading completion bash > /etc/bash_completion.d/lading',
    '_lading() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words="" IFS=$\' \\t\\n\'',
    '  # Bash splits --flag=value into three words.',
    '  if [ "$current" = "=" ]; then current=""; elif [ "$before" = "=" ]; then before="${COMP_WORDS[COMP_CWORD-2]}"; fi',
    '  case "$before" in',
    ...choices.map(
      (flag) => `    --${flag.name}) COMPREPLY=($(compgen -W "${flag.choices.join(' ')}" -- "$current")); return ;;`,
    ),
    `    ${namesOf(files)}) IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return ;;`,
    `    ${namesOf(values)}) COMPREPLY=(); return ;;`,
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${verbs.map(({ verb }) => verb).join(' ')}"; else case "\${COMP_WORDS[1]}" in`,
    ...cases,
    '  esac; fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -F _lading lading',
    '',
  ].join('\n');
}

function zsh(verbs: readonly Words[]): string {
  const quote = (text: string) =>
    text.replaceAll("'", "'\\''").replaceAll('[', '\\[').replaceAll(']', '\\]').replaceAll(':', '\\:');
  const valueOf = ({ takes, choices }: Flag) => {
    if (takes === 'nothing') return '';
    if (choices.length > 0) return `:value:(${choices.join(' ')})`;
    return takes === 'file' ? ':file:_files' : ':value: ';
  };
  const cases = verbs.map(({ verb, seconds, flags }) => {
    const args = flags.map((flag) => `'${flag.many ? '*' : ''}--${flag.name}[${quote(flag.summary)}]${valueOf(flag)}'`);
    if (seconds.length > 0) args.unshift(`'1:what:(${seconds.join(' ')})'`);
    return `    ${verb}) _arguments ${args.join(' ')} ;;`;
  });
  return [
    '#compdef lading',
    '_lading() {',
    `  local -a verbs; verbs=(${verbs.map(({ verb, summary }) => `'${verb}:${quote(summary)}'`).join(' ')})`,
    '  if (( CURRENT == 2 )); then _describe verb verbs; return; fi',
    '  local verb=$words[2]; shift words; (( CURRENT-- ))',
    '  case $verb in',
    ...cases,
    '  esac',
    '}',
    '# Loaded from $fpath it is called at once; sourced it has to be made known.',
    'if [ "${funcstack[1]}" = "_lading" ]; then _lading "$@"; else compdef _lading lading; fi',
    '',
  ].join('\n');
}

function fish(verbs: readonly Words[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const valueOf = ({ takes, choices }: Flag) => {
    if (takes === 'nothing') return '';
    if (choices.length > 0) return ` -x -a ${quote(choices.join(' '))}`;
    return takes === 'file' ? ' -r -F' : ' -x';
  };
  const lines = [
    '# The word after lading, and no other: a value may be called like a verb.',
    'function __lading_verb',
    '  set -l words (commandline -opc)',
    '  test (count $words) -gt 1; and test "$words[2]" = "$argv[1]"',
    'end',
    'function __lading_second',
    '  test (count (commandline -opc)) -eq 2; and __lading_verb $argv[1]',
    'end',
    'complete -c lading -f',
  ];
  for (const { verb, seconds, summary, flags } of verbs) {
    lines.push(`complete -c lading -n 'test (count (commandline -opc)) -eq 1' -a ${verb} -d ${quote(summary)}`);
    for (const second of seconds) lines.push(`complete -c lading -n '__lading_second ${verb}' -a ${second}`);
    for (const flag of flags) {
      lines.push(
        `complete -c lading -n '__lading_verb ${verb}' -l ${flag.name} -d ${quote(flag.summary)}${valueOf(flag)}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
