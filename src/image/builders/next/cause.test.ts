import { describe, expect, test } from 'vitest';
import { causeFinder } from './cause.js';

function causeOf(text: string): string {
  const finder = causeFinder();
  for (const line of text.split('\n')) finder.push(line);
  return finder.found().first;
}

const HEAD = `
> next-app@1.0.0 build
> next build

▲ Next.js 16.4.6 (Turbopack)
✓ Running next.config.mjs took 156ms

  Creating an optimized production build ...
`;
const NPM = `npm error Lifecycle script \`build\` failed with error:
npm error code 1
npm error path /srv/app
npm error workspace next-app@1.0.0
npm error command sh -c next build`;

/** As `npm run build` printed it, 16.4.6 where no other version is named. */
const outputs: readonly (readonly [string, string, string])[] = [
  [
    'a module that is not there',
    `${HEAD}
> Build error occurred
Error: Turbopack build failed with 1 error:
./app/tick/page.jsx:1:1
Error: Module not found: Can't resolve 'nope'
\u001b[31m\u001b[1m>\u001b[0m \u001b[90m1 |\u001b[0m import x from 'nope';
  \u001b[90m  |\u001b[0m ^^^^^^^^^^^^^^^^^^^^^

https://nextjs.org/docs/messages/module-not-found

    at <unknown> (https://nextjs.org/docs/messages/module-not-found)
${NPM}`,
    "app/tick/page.jsx:1:1: Module not found: Can't resolve 'nope'",
  ],
  [
    'the first of two errors',
    `${HEAD}
> Build error occurred
Error: Turbopack build failed with 2 errors:
./app/tick/page.jsx:1:42
Error: Expression expected
> 1 | export default function P() { return <p>{</p>; }

Parsing ecmascript source code failed

./app/tick/page.jsx:1:43
Error: Unterminated regexp literal`,
    'app/tick/page.jsx:1:42: Expression expected',
  ],
  [
    'a page that cannot be prerendered',
    `${HEAD}
✓ Compiled successfully in 8.4s
  Generating static pages using 1 worker (1/4)
Error occurred prerendering page "/tick". Read more: https://nextjs.org/docs/messages/prerender-error
Error: backend is down
    at <unknown> (app/tick/page.jsx:1:37)
  digest: '848298505'
}
Export encountered an error on /tick/page: /tick, exiting the build.
⨯ Next.js build worker exited with code: 1 and signal: null`,
    'page "/tick": backend is down',
  ],
  [
    'a module that fails when it is loaded',
    `${HEAD}
  Collecting page data using 1 worker ...
Error: Failed to collect configuration for /tick
    at ignore-listed frames {
  [cause]: TypeError: Invalid URL
      at module evaluation (app/tick/page.jsx:1:11)
  > 1 | const u = new URL(process.env.API_URL);
    input: 'undefined'
  }
}

> Build error occurred
Error: Failed to collect page data for /tick`,
    'Failed to collect configuration for /tick: TypeError: Invalid URL',
  ],
  [
    'a configuration that cannot be read',
    `${HEAD}
⨯ Failed to load next.config.mjs, see more info here https://nextjs.org/docs/messages/next-config-error

> Build error occurred
SyntaxError: Unexpected token '}'`,
    'Failed to load next.config.mjs, see more info here https://nextjs.org/docs/messages/next-config-error',
  ],
  [
    'an error of types, as 15 prints it',
    `   ▲ Next.js 15.5.9

Failed to compile.

./app/page.tsx:3:9
Type error: Type 'string' is not assignable to type 'number'.

  1 | export default function Page() {
Next.js build worker exited with code: 1 and signal: null
${NPM}`,
    "app/page.tsx:3:9: Type error: Type 'string' is not assignable to type 'number'.",
  ],
  [
    'a module that is not there, as webpack prints it',
    `Failed to compile.

./app/tick/page.jsx
Module not found: Can't resolve 'nope'

https://nextjs.org/docs/messages/module-not-found


> Build failed because of webpack errors
${NPM}`,
    "app/tick/page.jsx: Module not found: Can't resolve 'nope'",
  ],
  [
    'a program that is not installed',
    `\n> build\n> nextt build\n\nsh: 1: nextt: not found\n${NPM}`,
    'sh: 1: nextt: not found',
  ],
  [
    'a wrong flag',
    `\n> build\n> next build --wrong\n\nerror: unknown option '--wrong'\n${NPM}`,
    "error: unknown option '--wrong'",
  ],
  ['words that are no error', `all was well until here\n${NPM}`, 'all was well until here'],
  ['nothing', '', 'it printed nothing'],
];

describe('what made a build fail', () => {
  test.each(outputs)('%s', (_name, text, cause) => {
    expect(causeOf(text)).toBe(cause);
  });

  test('is found however much stands before and behind it', () => {
    const noise = Array.from({ length: 5000 }, (_, at) => `line ${at}`).join('\n');
    expect(causeOf(`${noise}\nTypeError: x is not a function\n${noise}`)).toBe('TypeError: x is not a function');
  });
});
