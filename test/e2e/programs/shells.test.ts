import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { requireTool } from '../../support/tools.js';
import { shellLines } from '../../../src/entry/terminal/shell-lines.js';

const nasty = [
  "it's",
  'a "b" $c `d` $(e)',
  'line\nbreak',
  '\\',
  "\\'",
  '!history',
  '‘curly’',
  '%PATH% $env:X',
  '',
  ' blank ',
  '~',
];

/** Has the shell run the lines, and gives what its children see. */
function seen(shell: string, lines: string, names: readonly string[]): string[] {
  const print = `'${process.execPath}' -e 'process.stdout.write(JSON.stringify(process.argv.slice(1).map((n) => process.env[n])))' ${names.join(' ')}`;
  return JSON.parse(
    execFileSync(shell, ['-c', `${lines}\n${print}`], { env: { PATH: '/bin:/usr/bin', HOME: '/' }, encoding: 'utf8' }),
  ) as string[];
}

describe.each(['sh', 'bash', 'zsh', 'fish'])('%s', (name) => {
  const shell = requireTool(name);
  test.skipIf(!shell)('sees the values as they are, and the folders in their order', () => {
    const dialect = name === 'fish' ? 'fish' : 'sh';
    const values = nasty.map((value, at) => [`V${at}`, value] as const);
    const lines = shellLines({ variables: new Map(values), paths: ['/one', "/it's"] }, dialect);
    const found = seen(name, lines, [...values.map(([one]) => one), 'PATH']);
    expect(found.slice(0, -1)).toEqual(nasty);
    expect(found.at(-1)).toMatch(/^\/one:\/it's:/);
  });

  test.skipIf(!shell || name === 'fish' || name === 'zsh')('no text is a command', () => {
    const text = fc.string({
      unit: fc.constantFrom("'", '"', '$', '`', '\\', '\n', ';', '(', ')', 'a', '!', '#', '~', '*'),
    });
    fc.assert(
      fc.property(fc.array(text, { minLength: 30, maxLength: 30 }), (values) => {
        const pairs = values.map((value, at) => [`V${at}`, value] as const);
        const lines = shellLines({ variables: new Map(pairs), paths: [] }, 'sh');
        expect(
          seen(
            name,
            lines,
            pairs.map(([one]) => one),
          ),
        ).toEqual(values);
      }),
      { numRuns: 10 },
    );
  });
});
