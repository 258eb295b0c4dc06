import type { Inputs } from '../base/input.js';
import { commandTable } from '../commands/index.js';
import { commonInputs } from './arguments.js';

interface Words {
  readonly verb: string;
  /** What may follow a verb of two words, as `rotate` after `init`. */
  readonly seconds: readonly string[];
  readonly summary: string;
  readonly flags: readonly { readonly name: string; readonly summary: string; readonly choices: readonly string[] }[];
}

/** A script for the shell that completes verbs, flags and choices; undefined for other shells. */
export async function completionFor(shell: string): Promise<string | undefined> {
  if (!['bash', 'zsh', 'fish'].includes(shell)) return undefined;
  const verbs: Words[] = [];
  for (const entry of commandTable) {
    const inputs: Inputs = { ...(await entry.load()).inputs, ...(commonInputs as unknown as Inputs) };
    const flags = Object.entries(inputs).map(([name, input]) => ({
      name,
      summary: input.summary,
      choices: input.choices ?? [],
    }));
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
  if (shell === 'fish') return fish(verbs);
  return shell === 'zsh' ? zsh(verbs) : bash(verbs);
}

function bash(verbs: readonly Words[]): string {
  const cases = verbs.map(
    ({ verb, seconds, flags }) =>
      `    ${verb}) words="${[...seconds, ...flags.map((flag) => `--${flag.name}`)].join(' ')}" ;;`,
  );
  const choices = unique(
    verbs.flatMap(({ flags }) => flags.filter((flag) => flag.choices.length > 0)),
    (flag) => flag.name,
  ).map((flag) => `    --${flag.name}) COMPREPLY=($(compgen -W "${flag.choices.join(' ')}" -- "$current")); return ;;`);
  return [
    '# lading completion bash > /etc/bash_completion.d/lading',
    '_lading() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}" words=""',
    '  case "$before" in',
    ...choices,
    '    --app|--output|--from|--config|--cwd|--task-definition|--scenario) COMPREPLY=($(compgen -f -- "$current")); return ;;',
    '  esac',
    `  if [ "$COMP_CWORD" -eq 1 ]; then words="${verbs.map(({ verb }) => verb).join(' ')} completion"; else case "\${COMP_WORDS[1]}" in`,
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
  const cases = verbs.map(({ verb, seconds, flags }) => {
    const args = flags.map(
      (flag) =>
        `'--${flag.name}[${quote(flag.summary)}]${flag.choices.length > 0 ? `:value:(${flag.choices.join(' ')})` : ''}'`,
    );
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
    'compdef _lading lading',
    '',
  ].join('\n');
}

function fish(verbs: readonly Words[]): string {
  const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = ['complete -c lading -f'];
  for (const { verb, seconds, summary, flags } of verbs) {
    lines.push(`complete -c lading -n __fish_use_subcommand -a ${verb} -d ${quote(summary)}`);
    for (const second of seconds)
      lines.push(`complete -c lading -n '__fish_seen_subcommand_from ${verb}' -a ${second}`);
    for (const flag of flags) {
      const choices = flag.choices.length > 0 ? ` -x -a ${quote(flag.choices.join(' '))}` : '';
      lines.push(
        `complete -c lading -n '__fish_seen_subcommand_from ${verb}' -l ${flag.name} -d ${quote(flag.summary)}${choices}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

function unique<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
