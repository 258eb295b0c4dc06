import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTarget, lineOfStep, readDockerfile, splitInstructions } from './read-dockerfile.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lading-read-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string) => {
  writeFileSync(join(folder, 'Dockerfile'), text);
  return readDockerfile(join(folder, 'Dockerfile'));
};

test.each<[string, readonly (readonly [number, string])[]]>([
  [
    'FROM a\n\n# note\nRUN  b\tc\n',
    [
      [1, 'FROM a'],
      [4, 'RUN b c'],
    ],
  ],
  [
    'RUN a && \\\n    b \\\n# between\n\n  c\nCMD d',
    [
      [1, 'RUN a && b c'],
      [6, 'CMD d'],
    ],
  ],
  [
    '# escape=`\nRUN a `\n b\nCOPY c d\\\nCMD e',
    [
      [2, 'RUN a b'],
      [4, 'COPY c d\\'],
      [5, 'CMD e'],
    ],
  ],
  ['# syntax=docker/dockerfile:1\n# escape=`\nRUN a `\n b', [[3, 'RUN a b']]],
  [
    'RUN <<EOF\nFROM x\nEOF\nCMD y',
    [
      [1, 'RUN <<EOF'],
      [4, 'CMD y'],
    ],
  ],
  [
    'COPY <<-"A" <<B /\n1\n\tA\n2\nB\nCMD y',
    [
      [1, 'COPY <<-"A" <<B /'],
      [6, 'CMD y'],
    ],
  ],
  [
    '\ufeffFROM a\r\nCMD b\r\n',
    [
      [1, 'FROM a'],
      [2, 'CMD b'],
    ],
  ],
  ['RUN a \\', [[1, 'RUN a']]],
  ['RUN x <<EOF\nnever ends', [[1, 'RUN x <<EOF']]],
])('%j', (text, wanted) => {
  expect(splitInstructions(text).map((one) => [one.line, one.text])).toEqual(wanted);
});

test('any text is split, and each instruction stands where it is said to stand', () => {
  const part = fc.constantFrom('FROM a', 'RUN b', '# c', '', ' \\', 'RUN x \\', 'RUN <<E', 'E', '`', '\t');
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const found = splitInstructions(parts.join('\n'));
      let before = 0;
      for (const { line, text } of found) {
        expect(line).toBeGreaterThan(before);
        expect(parts[line - 1]?.trim().split(/[\s\\]/)[0]).toBe(text.split(' ')[0] ?? '');
        before = line;
      }
    }),
  );
});

const STAGES = 'FROM --platform=$BUILDPLATFORM node:22 AS Build\nRUN a\nFROM build\nRUN a\nCOPY --from=build /x /x\n';

test('stages, and the line of a step within its stage', async () => {
  const file = await read(STAGES);
  expect(file.stages).toEqual([
    { line: 1, from: 'node:22', name: 'Build' },
    { line: 3, from: 'build', name: undefined },
  ]);
  expect(lineOfStep(file, 'RUN  a')).toBe(2);
  expect(lineOfStep(file, 'RUN a', 'build')).toBe(2);
  expect(lineOfStep(file, 'RUN a', 'stage-1')).toBe(4);
  expect(lineOfStep(file, 'RUN of another file')).toBeUndefined();
});

test.each(['build', 'BUILD', '0', '1', undefined])('the stage %s is there', async (target) => {
  const file = await read(STAGES);
  expect(() => checkTarget(file, target)).not.toThrow();
});

test.each([
  ['biuld', /no stage biuld/, 'Did you mean Build?'],
  ['2', /no stage 2/, 'Choose one of: Build, a number from 0.'],
])('the stage %s is not', async (target, message, hint) => {
  const file = await read(STAGES);
  expect(() => checkTarget(file, target)).toThrow(expect.objectContaining({ code: 'TARGET_UNKNOWN', hint }) as Error);
  expect(() => checkTarget(file, target)).toThrow(message);
});

test('what is missing and what has no FROM are told', async () => {
  await expect(readDockerfile(join(folder, 'none'))).rejects.toMatchObject({
    kind: 'input',
    code: 'DOCKERFILE_MISSING',
  });
  await expect(readDockerfile(folder)).rejects.toMatchObject({ kind: 'input', code: 'UNREADABLE' });
  await expect(read('# nothing\nRUN x')).rejects.toMatchObject({ kind: 'input', code: 'DOCKERFILE_INVALID' });
});
