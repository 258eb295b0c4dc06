import type { Command } from '../../base/declare/command.js';
import { writeDuration } from '../../base/duration.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import { listed } from '../../base/declare/input.js';
import type { CommandEntry } from '../../commands/index.js';
import { commonInputs, variableName } from '../inputs/arguments.js';
import { shellInputs } from './result-text.js';
import { fieldPaths } from '../inputs/texts.js';

export function overview(table: readonly CommandEntry[]): string {
  const width = Math.max(...table.map((entry) => entry.name.length));
  return [
    'lading takes a container from a git commit to a running service on AWS.',
    '',
    'Usage: lading <verb> [flags]',
    '',
    ...table.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`),
    `  ${'completion'.padEnd(width)}  Print completions for bash, zsh or fish`,
    '',
    'lading <verb> --help shows the flags of a verb, with examples.',
    'New here? lading demo shows the whole journey on this computer.',
  ].join('\n');
}

export function helpOf(command: Command<Inputs, unknown>): string {
  const examples = command.examples.flatMap((example) => [`  # ${example.about}`, `  ${example.command}`]);
  return [
    `lading ${command.name}: ${command.summary}`,
    '',
    ...(command.description ? [command.description, ''] : []),
    ...usageLines(command),
    'Flags:',
    ...flagLines({ ...command.inputs, ...shellInputs(command) }),
    '',
    ...fieldLines(command.inputs),
    'Flags of every verb:',
    ...flagLines(commonInputs, Object.keys(command.inputs)),
    '',
    `Each flag is also a variable: --${firstFlag(command.inputs)} is LADING_${variableName(firstFlag(command.inputs))}.`,
    ...(examples.length > 0 ? ['', 'Examples:', ...examples] : []),
  ].join('\n');
}

/** Of a verb that takes bare words. */
function usageLines({ name, inputs }: Command<Inputs, unknown>): string[] {
  const words = Object.values(inputs).filter(({ positional }) => positional);
  const texts = words.map((word) => `${placeholderOf(word)}${word.kind === 'list' ? ' …' : ''}`);
  return words.length > 0 ? [`Usage: lading ${name} ${texts.join(' ')} [flags]`, ''] : [];
}

/** What may stand for FIELD in the flags that take maps. */
function fieldLines(inputs: Inputs): string[] {
  return Object.entries(inputs).flatMap(([name, { fields }]) =>
    fields ? [`Fields of --${name}:`, ...wrapped(fieldPaths(fields)), ''] : [],
  );
}

function wrapped(words: readonly string[]): string[] {
  const lines = [''];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length > 100) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last}, ${word}`;
  }
  return lines.map((line) => `  ${line}`);
}

function firstFlag(inputs: Inputs): string {
  return Object.keys(inputs)[0] ?? 'json';
}

function flagLines(inputs: Inputs, hidden: readonly string[] = []): string[] {
  const rows = Object.entries(listed(inputs))
    .filter(([name]) => !hidden.includes(name))
    .map(([name, input]) => [nameText(name, input), `${input.summary}${remarks(input)}`] as const);
  const width = Math.min(34, Math.max(0, ...rows.map(([flag]) => flag.length)));
  return rows.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`);
}

/** A secret is given by its variable: everyone can read the arguments of a program. */
function nameText(name: string, input: Input<unknown>): string {
  return input.secret ? `LADING_${variableName(name)}` : flagText(name, input);
}

export function flagText(name: string, input: Input<unknown>): string {
  const value = input.kind === 'boolean' ? '' : ` ${placeholderOf(input)}`;
  return `--${name}${value}${['list', 'pairs', 'entries', 'record'].includes(input.kind) ? ' …' : ''}`;
}

function placeholderOf(input: Input<unknown>): string {
  if (input.placeholder !== undefined) return input.placeholder;
  if (input.kind === 'choice') return (input.choices ?? []).join('|');
  if (input.kind === 'entries') return 'NAME.FIELD=VALUE';
  return input.kind === 'record' ? 'FIELD=VALUE' : 'VALUE';
}

function remarks(input: Input<unknown>): string {
  if (input.kind === 'entries') return '';
  if (input.default !== undefined) return ` (default ${formatDefault(input)})`;
  return input.required ? ' (needed)' : '';
}

export function formatDefault(input: Input<unknown>): string {
  if (input.kind === 'duration') return writeDuration(input.default as number);
  const items = Array.isArray(input.default) ? (input.default as unknown[]) : [input.default];
  return items.map((item) => (input.format ? input.format(item as never) : String(item))).join(', ');
}
