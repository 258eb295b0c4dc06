import type { Command } from '../../base/declare/command.js';
import type { Input, Inputs } from '../../base/declare/input.js';
import { listed } from '../../base/declare/input.js';
import { variableName } from '../inputs/arguments.js';
import { keyOf } from '../inputs/file/shape.js';
import { flagText, formatDefault } from '../terminal/help.js';
import { code, table } from './markdown.js';

/** Every input with its flag, variable and key. */
export function inputTable(command: Command<Inputs, unknown>): string {
  const rows = Object.entries(listed(command.inputs)).map(([name, input]) => {
    const key = keyOf(command.name, name, input);
    return [
      input.secret ? `action input ${code(name)}` : code(flagText(name, input)),
      code(`LADING_${variableName(name)}`),
      key === undefined ? '' : code(key),
      `${input.summary}${remark(input)}`,
    ];
  });
  return table(['Flag', 'Variable', 'Key', 'Means'], rows);
}

/** The fields of each map of maps, and of each map, with their keys in `lading.yml`. */
export function fieldTables(command: Command<Inputs, unknown>): string[] {
  return Object.entries(command.inputs).flatMap(([name, input]) => {
    if (!input.fields) return [];
    const key = keyOf(command.name, name, input) ?? name;
    const start = input.kind === 'entries' ? `${key}.NAME` : key;
    const head = input.kind === 'entries' ? `\`--${name} NAME.FIELD=VALUE\`` : `\`--${name} FIELD=VALUE\``;
    return [
      `### Fields of ${code(name)}`,
      `As a flag ${head}.`,
      table(['Key', 'Means'], fieldRows(input.fields, start)),
    ];
  });
}

function fieldRows(fields: Inputs, start: string): string[][] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'record' && field.fields
      ? fieldRows(field.fields, `${start}.${name}`)
      : [[code(`${start}.${name}`), `${field.summary}${choicesOf(field)}${remark(field)}`]],
  );
}

function choicesOf({ choices, placeholder }: Input<unknown>): string {
  return choices && !placeholder ? `; one of ${choices.map(code).join(', ')}` : '';
}

function remark(input: Input<unknown>): string {
  const choices = input.choices && input.placeholder ? `; one of ${input.choices.map(code).join(', ')}` : '';
  if (input.kind === 'entries') return choices;
  if (input.default !== undefined) return `${choices} (default ${code(formatDefault(input))})`;
  return input.required ? `${choices} (needed)` : choices;
}
