import type { FoundEffects } from '../../base/declare/effects.js';

export const shells = ['sh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

/**
 * What a shell runs to see the effects of a verb: `eval "$(lading …)"` in sh, bash and zsh, `lading … --shell fish | source`,
 * `lading … --shell powershell | Invoke-Expression`. Nothing in a value can be a command.
 */
export function shellLines({ variables, paths }: Pick<FoundEffects, 'variables' | 'paths'>, shell: Shell): string {
  const { assign, prepend } = dialects[shell];
  return [
    ...[...variables].map(([name, value]) => assign(name, value)),
    // The last line counts first.
    ...[...paths].reverse().map(prepend),
  ].join('\n');
}

interface Dialect {
  assign(name: string, value: string): string;
  prepend(folder: string): string;
}

const dialects: Readonly<Record<Shell, Dialect>> = {
  sh: {
    assign: (name, value) => `export ${name}=${posix(value)}`,
    prepend: (folder) => `export PATH=${posix(folder)}:"$PATH"`,
  },
  fish: {
    assign: (name, value) => `set -gx ${name} ${fish(value)}`,
    prepend: (folder) => `set -gx PATH ${fish(folder)} $PATH`,
  },
  powershell: {
    assign: (name, value) => `$env:${name} = ${powershell(value)}`,
    prepend: (folder) => `$env:PATH = ${powershell(folder)} + [IO.Path]::PathSeparator + $env:PATH`,
  },
};

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02 */
function posix(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** https://fishshell.com/docs/current/language.html#quotes */
function fish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Curly quotes end a text there, too. https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules */
function powershell(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`;
}
