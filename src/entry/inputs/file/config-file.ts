import { basename, dirname } from 'node:path';
import type { InputIssue } from '../../../base/errors.js';
import { InputError } from '../../../base/errors.js';
import { checkSection } from './check.js';
import { readConfigText } from './find.js';
import type { Given, GivenMap } from '../given.js';
import { asMap } from '../given.js';
import { nearest } from '../../../base/nearest.js';
import { brokenReferences } from './references.js';
import { overlaySection } from './overlay.js';
import type { Section } from './shape.js';

/** The key with parts that are laid over the rest. */
export const ENVIRONMENTS = 'environments';

export interface ConfigFile {
  readonly path: string;
  readonly root: GivenMap;
  /** Mistakes of the text that leave the rest readable. */
  readonly issues: readonly InputIssue[];
}

/** Reads the file as a tree of texts. All mistakes of its YAML at once. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const name = basename(path);
  const text = await readConfigText(path, name);
  const { readYaml } = await import('./yaml.js');
  const { given, issues } = await readYaml(text, { name, folder: dirname(path), source: 'file' });
  const root = asMap(given);
  if (root) return { path, root, issues };
  throw new InputError({
    where: `${name}:1:1`,
    message: 'is not a map of keys',
    hint: 'Begin with a section, as `deploy:`.',
  });
}

export interface FileCheck {
  readonly issues: readonly InputIssue[];
  /** Some keys are not in the shape. */
  readonly unknown: boolean;
}

/** Mistakes of the whole file: its keys and values, and those of each environment, chosen or not. */
export function checkConfig(config: ConfigFile, shape: Section, cwd: string): FileCheck {
  const checks: FileCheck[] = [
    { issues: [...config.issues, ...brokenReferences(config.root)], unknown: false },
    checkSection(config.root, shape, { cwd, skip: (key) => key === ENVIRONMENTS || isOwn(key) }),
  ];
  const environments = config.root.entries.get(ENVIRONMENTS)?.value;
  const parts = environments && asMap(environments);
  if (environments && !parts) {
    const message = 'takes a map: names of environments, with keys of this file';
    checks.push({ issues: [{ where: environments.where, message }], unknown: false });
  }
  for (const [name, { value }] of parts?.entries ?? []) {
    checks.push(checkSection(value, shape, { cwd, skip: () => false, under: `${ENVIRONMENTS}.${name}` }));
  }
  const issues = onePerPlace(checks.flatMap((check) => check.issues));
  return { issues, unknown: checks.some((check) => check.unknown) };
}

/** In the order of the file. Of several at one place the later are mostly consequences of the first. */
function onePerPlace(issues: readonly InputIssue[]): readonly InputIssue[] {
  const first = new Map<string, InputIssue>();
  for (const issue of issues) if (!first.has(issue.where)) first.set(issue.where, issue);
  return [...first.values()].sort((a, b) => offsetOf(a.where) - offsetOf(b.where));
}

/** What has no place comes last. */
function offsetOf(where: string): number {
  const [, line, column] = /:(\d+):(\d+)$/.exec(where) ?? [];
  return line === undefined ? Number.MAX_SAFE_INTEGER : Number(line) * 1_000_000 + Number(column);
}

/** Keys that begin with `x-` are the user's own, for anchors, as in Compose files. */
function isOwn(key: string): boolean {
  return key.startsWith('x-');
}

export interface Choice {
  readonly name: string;
  /** How it was asked for, for errors. */
  readonly where: string;
}

/** The file with the part of an environment laid over it. Throws when it has no such part. */
export function takeEnvironment(config: ConfigFile | undefined, choice: Choice, shape: Section): ConfigFile {
  const { name, where } = choice;
  if (!config) {
    throw new InputError({ where, message: `there is no lading.yml that could have an environment ${quote(name)}` });
  }
  const parts = config.root.entries.get(ENVIRONMENTS)?.value;
  const known: ReadonlyMap<string, { readonly value: Given }> = (parts && asMap(parts)?.entries) ?? new Map();
  const part = known.get(name);
  if (part) return { ...config, root: overlaySection(shape, config.root, part.value) as GivenMap };
  const near = nearest(name, known.keys());
  const names = [...known.keys()];
  throw new InputError({
    where,
    message: `${basename(config.path)} has no environment ${quote(name)}`,
    hint: near
      ? `Did you mean ${near}?`
      : names.length > 0
        ? `It has ${names.join(', ')}.`
        : `Write it under \`${ENVIRONMENTS}:\`.`,
  });
}

/** What stands under a key as `deploy.cluster`. */
export function givenAt(root: GivenMap, key: string): Given | undefined {
  let at: Given = root;
  for (const part of key.split('.')) {
    const next: Given | undefined = at.is === 'map' ? at.entries.get(part)?.value : undefined;
    if (!next) return undefined;
    at = next;
  }
  return at;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
