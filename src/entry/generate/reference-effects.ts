import { actionAddress } from '../../base/declare/action-release.js';
import type { Command } from '../../base/declare/command.js';
import type { Inputs } from '../../base/declare/input.js';
import { code, fence, section, table } from './markdown.js';

/** Outputs of the action that the verb declares. */
export function outputs(command: Command<Inputs, unknown>): string[] {
  const rows = Object.entries(command.outputs ?? {}).map(([name, { summary }]) => [code(name), summary]);
  return rows.length > 0 ? section('Outputs of the action', table(['Output', 'Is'], rows)) : [];
}

/** What those see that come after the verb. */
export function effects(command: Command<Inputs, unknown>): string[] {
  const { variables = {}, paths = [], files = [], outputs: made = [], post } = command.effects ?? {};
  const rows = [
    ...Object.entries(variables).map(([name, { summary }]) => ['variable', code(name), summary]),
    ...paths.map(({ summary }) => ['folder on PATH', '', summary]),
    ...files.map(({ summary }) => ['file', '', summary]),
    ...made.map(({ name, summary }) => ['output of the action', code(name), summary]),
    ...(post
      ? [['end of the job', '', `${post.summary}${post.unless ? `; not with ${code(`${post.unless}=true`)}` : ''}`]]
      : []),
  ];
  if (rows.length === 0) return [];
  const shell =
    Object.keys(variables).length + paths.length > 0
      ? [`In a shell: ${code(`eval "$(lading ${command.name} --shell sh)"`)}.`]
      : [];
  return section('What comes after sees', table(['What', 'Name', 'Is'], rows), ...shell);
}

/** Actions of others whose names of inputs are taken. */
export function compats(command: Command<Inputs, unknown>): string[] {
  return (command.compat ?? []).flatMap(({ action, inputs }) => {
    const rows = Object.entries(inputs).map(([name, to]) => [
      code(name),
      'to' in to ? code(to.to) : 'refuse' in to ? `not taken: ${to.refuse}` : `of no consequence: ${to.ignore}`,
    ]);
    const line = `- uses: ${actionAddress(action.split('/').at(-1) ?? '')}`;
    return section(`Instead of ${action}`, fence('yaml', [line]), table(['Its input', 'Here'], rows));
  });
}
