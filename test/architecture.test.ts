import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const src = join(import.meta.dirname, '../src');

const domains = ['image', 'registry', 'aws', 'ecs', 'github', 'terraform', 'cloud', 'sandbox', 'oci'];

/** Rooms that combine domains. They do not know each other. */
const journeys = ['access', 'release', 'rotation', 'ground', 'rehearsal'];

/**
 * Who may import whom, beside the own folder: folders, and single files. The public doors in `src/` itself may import
 * everything. `aws/services.ts` is pure data, a table of what the services are: who plays them reads the same one.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  oci: ['base'],
  aws: ['base'],
  github: ['base'],
  terraform: ['base'],
  report: ['base'],
  image: ['oci', 'base'],
  registry: ['oci', 'base'],
  sandbox: ['oci', 'base', 'aws/services.js'],
  ecs: ['aws', 'base'],
  cloud: ['aws', 'base'],
  access: [...domains, 'base'],
  release: [...domains, 'base'],
  rotation: [...domains, 'base'],
  ground: [...domains, 'base'],
  rehearsal: [...domains, 'release', 'base'],
  commands: [...domains, ...journeys, 'base'],
  entry: ['commands', 'report', 'base'],
};

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(src, path), 'utf8') }));

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : '';
}

function importsOf(path: string, text: string): string[] {
  return ts
    .preProcessFile(text, true, true)
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(src, join(src, dirname(path), name)).replaceAll('\\', '/'));
}

/** The source that an import of `x.js` means. */
function asSource(target: string): string {
  return target.replace(/\.js$/, '.ts');
}

/** Each circle once, as the files on it in their order. */
function circlesIn(targets: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const circles = new Set<string>();
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      circles.add([...trail.slice(at)].sort().join(' ↔ '));
      return;
    }
    if (done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) walk(path, []);
  return [...circles];
}

/** Places where a name stands as a free variable, not as a property, a string or a comment. */
function usesOf(name: string, path: string, text: string): number[] {
  if (!text.includes(name)) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines: number[] = [];
  const visit = (node: ts.Node): void => {
    const { parent } = node as { parent: ts.Node | undefined };
    const named = parent && 'name' in parent && parent.name === node;
    if (ts.isIdentifier(node) && node.text === name && !named) {
      lines.push(source.getLineAndCharacterOfPosition(node.getStart()).line + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

describe('the architecture', () => {
  test('imports go one way', () => {
    const wrong = files.flatMap(({ path, text }) => {
      const folder = folderOf(path);
      if (folder === '') return [];
      const allowed = mayImport[folder];
      if (!allowed) return [`${path}: ${folder}/ is not in the table`];
      return importsOf(path, text)
        .filter(
          (target) => folderOf(target) !== folder && !allowed.includes(folderOf(target)) && !allowed.includes(target),
        )
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('no file comes back to itself, not even for a type', () => {
    const targets = new Map(files.map(({ path, text }) => [path, importsOf(path, text).map(asSource)] as const));
    expect(circlesIn(targets)).toEqual([]);
  });

  test('commands/ holds verbs, and verbs do not know each other', () => {
    const verbs = files.filter(({ path }) => /^commands\/[^/]+\.ts$/.test(path) && path !== 'commands/index.ts');
    expect(verbs.filter(({ text }) => !text.includes('defineCommand({')).map(({ path }) => path)).toEqual([]);
    const wrong = verbs.flatMap(({ path, text }) =>
      importsOf(path, text).filter((target) => /^commands\/[^/]+$/.test(target)),
    );
    expect(wrong).toEqual([]);
  });

  test('only entry/ sees the process', () => {
    const wrong = files
      .filter(({ path }) => folderOf(path) !== 'entry')
      .flatMap(({ path, text }) =>
        ['process', 'console'].flatMap((name) => usesOf(name, path, text).map((line) => `${path}:${line} ${name}`)),
      );
    expect(wrong).toEqual([]);
  });

  test('by its module, too, but for signals to other processes', () => {
    const signals = ['base/files/lock.ts', 'base/programs/process-group.ts'];
    const found = files.filter(({ path, text }) => folderOf(path) !== 'entry' && /from 'node:process'/.test(text));
    expect(found.map(({ path }) => path).sort()).toEqual(signals);
  });

  test('files have at most 300 lines', () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > 300);
    expect(long).toEqual([]);
  });

  test('files are named by words, not by drawers', () => {
    const wrong = files.filter(({ path }) =>
      /(^|\/)(utils?|helpers?|common|managers?|types)(\.ts|\/)|[A-Z_]/.test(path),
    );
    expect(wrong).toEqual([]);
  });
});

test('what tests share registers nothing while it is loaded: unit tests share a process, and load it once', () => {
  const support = join(import.meta.dirname, 'support');
  const shared = readdirSync(support, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.endsWith('.test.ts'),
  );
  const hooks = /^(before|after)(Each|All)\(/m;
  expect(shared.filter((path) => hooks.test(readFileSync(join(support, path), 'utf8')))).toEqual([]);
});
