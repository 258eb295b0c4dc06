import { expect, test } from 'vitest';
import { input } from '../../base/declare/input.js';
import type { Origins } from '../../base/declare/origin.js';
import { InputError, LadingError } from '../../base/errors.js';
import { placeMistakes } from './place-mistakes.js';

const inputs = { image: input.string('Image'), to: input.string('To') };
const places: Readonly<Record<string, string>> = { image: 'lading.yml:3:10', to: '--to' };
const origins: Origins = { of: () => 'file', where: (name) => places[name] ?? name };

test('a mistake is told where its input was given', () => {
  const error = new InputError(
    [
      { where: '--image', message: 'does not exist', hint: 'Push it.' },
      { where: '--to', message: 'is wrong' },
      { where: '--other', message: 'is none of ours' },
      { where: 'file.json', message: 'is not JSON' },
    ],
    'MISSING',
  );
  const placed = placeMistakes(Object.assign(error, { result: { a: 1 } }), inputs, origins);
  expect(placed).toBeInstanceOf(InputError);
  expect(placed).toMatchObject({ code: 'MISSING', result: { a: 1 } });
  expect((placed as InputError).issues).toEqual([
    { where: 'lading.yml:3:10', message: 'does not exist', hint: 'Push it.' },
    { where: '--to', message: 'is wrong' },
    { where: '--other', message: 'is none of ours' },
    { where: 'file.json', message: 'is not JSON' },
  ]);
});

test('every other error is the very same', () => {
  for (const error of [
    new InputError({ where: '--to', message: 'a' }),
    new LadingError('remote', 'b', { code: 'B' }),
    new TypeError('c'),
  ]) {
    expect(placeMistakes(error, inputs, origins)).toBe(error);
  }
});
