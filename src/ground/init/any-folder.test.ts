import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { filesIn, folderOf, initIn, readBack, released, textIn } from '../../../test/support/init-folder.js';
import type { InitValues } from './request.js';

/** Names that YAML, a shell or a path could take for something else. */
const folderName = fc.oneof(
  fc.constantFrom('no', 'null', '1e3', '~', "it's", '#1', 'a: b', '- x', '*a', '&b', '!c', '"q"', '%d', '@e', 'größe', '0x1f', '{f}', '[g]', 'h,i', "\\n", '$HOME'), // prettier-ignore
  fc
    .string({ minLength: 1, maxLength: 12 })
    .filter((name) => /^[^/\u0000-\u001f\u007f-\u009f.][^/\u0000-\u001f\u007f-\u009f]*$/.test(name)),
);
const ecsName = fc.oneof(
  fc.constantFrom('no', 'null', '1e3', '007', 'true', '0x1f'),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/),
);
const repository = fc
  .tuple(
    fc.constantFrom('123456789012.dkr.ecr.eu-west-1.amazonaws.com/', 'localhost:5000/', ''),
    fc.stringMatching(/^[a-z0-9]{1,8}$/),
    fc.constantFrom('', ':1e3', ':v1'),
  ) // prettier-ignore
  .map((parts) => parts.join(''));
const files = fc.record({
  'package.json': fc.constantFrom('{}', '{"main":"x"}', '{"name":"@a/${{x}}","scripts":{"start":"node x","build":"y"}}', '{"packageManager":"pnpm@9","engines":{"node":"20"}}'), // prettier-ignore
  'next.config.js': fc.option(fc.constant('//'), { nil: undefined }),
  'yarn.lock': fc.option(fc.constant(''), { nil: undefined }),
  'package-lock.json': fc.option(fc.constant('{}'), { nil: undefined }),
  Dockerfile: fc.option(fc.constant('FROM x'), { nil: undefined }),
});
const values: fc.Arbitrary<InitValues> = fc.record(
  {
    to: repository,
    cluster: ecsName,
    service: ecsName,
    container: ecsName,
    githubEnvironment: folderName,
    branch: fc.constantFrom('main', 'release/1.x', '1.0', 'true'),
    action: fc.constant(released),
  },
  { requiredKeys: [] },
);

test('what is written for any folder is read back without a mistake and with these values, and is unchanged the second time', async () => {
  await fc.assert(
    fc.asyncProperty(folderName, files, values, async (name, some, given) => {
      const there = Object.entries(some).flatMap(([path, text]) =>
        text === undefined ? [] : [[join(name, path), text] as const],
      );
      const folder = folderOf(Object.fromEntries(there));
      try {
        const request = { ...given, app: join(folder, name), yes: true };
        await initIn(folder, request);
        const read = await readBack(folder);
        expect(read).toMatchObject({
          app: join(folder, name),
          ...(given.cluster !== undefined && { cluster: given.cluster }),
          ...(given.service !== undefined && { service: given.service }),
          ...(given.container !== undefined && { container: given.container }),
        });
        for (const path of filesIn(folder).filter((one) => one.startsWith('.github/'))) {
          const { jobs } = parse(textIn(folder, path)) as { jobs: Record<string, { environment?: string }> };
          expect(jobs['deploy']?.environment).toBe(given.githubEnvironment ?? 'production');
        }
        const again = await initIn(folder, request);
        expect(again.files.filter(({ action }) => action !== 'unchanged' && action !== 'kept')).toEqual([]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});
