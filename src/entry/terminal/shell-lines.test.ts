import { expect, test } from 'vitest';
import { shellLines } from './shell-lines.js';

test('each value is one word, whatever it holds', () => {
  const effects = { variables: new Map([['A', "it's"]]), paths: ["/x y/'z"] };
  expect(shellLines(effects, 'sh')).toBe(`export A='it'\\''s'\nexport PATH='/x y/'\\''z':"$PATH"`);
  expect(shellLines(effects, 'fish')).toBe(`set -gx A 'it\\'s'\nset -gx PATH '/x y/\\'z' $PATH`);
  expect(shellLines(effects, 'powershell')).toBe(
    `$env:A = 'it''s'\n$env:PATH = '/x y/''z' + [IO.Path]::PathSeparator + $env:PATH`,
  );
  expect(shellLines({ variables: new Map([['A', '‘']]), paths: [] }, 'powershell')).toBe("$env:A = '‘‘'");
});
