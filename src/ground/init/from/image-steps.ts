import { join } from 'node:path';
import { pathBelow } from '../look/look.js';
import type { Draft } from './draft.js';
import type { Names } from './names.js';
import { expanded, filled, isOpen } from './names.js';
import type { ShellCommand } from './shell.js';
import { flagsOf } from './shell.js';
import type { Tree } from './yaml-tree.js';

/** Of `docker build`, the flags without a value. https://docs.docker.com/reference/cli/docker/buildx/build/ */
const switches = ['push', 'load', 'no-cache', 'pull', 'q', 'quiet', 'rm', 'force-rm', 'compress', 'squash', 'check'];
/** They say how the engine works, not what the image is. */
const ofTheEngine = ['push', 'load', 'no-cache', 'pull', 'q', 'quiet', 'rm', 'force-rm', 'progress', 'provenance', 'sbom', 'builder', 'output', 'o', 'iidfile', 'metadata-file', 'compress', 'no-cache-filters', 'github-token']; // prettier-ignore

/** `docker build`, `docker buildx build`: what it makes, and under which names. */
export function carryDockerBuild({ words, where }: ShellCommand, names: Names, cwd: string, draft: Draft): void {
  const { flags, rest } = flagsOf(words, switches);
  const options = new Map(
    [...flags].map(([name, values]) => [long[name] ?? name, values.map((one) => expanded(one, names))]),
  );
  carryBuild(
    { options, context: rest.length > 0 ? expanded(rest.at(-1) ?? '.', names) : '.' },
    { where: () => where, cwd, draft },
  );
}

const long: Readonly<Record<string, string>> = { t: 'tag', f: 'file' };

/** The action docker/build-push-action. https://github.com/docker/build-push-action#inputs */
export function carryBuildAction(inputs: Tree | undefined, names: Names, draft: Draft, where: string): void {
  const options = new Map<string, readonly string[]>();
  const wheres = new Map<string, string>();
  for (const [name, value] of inputs?.entries ?? []) {
    const lines = filled(value.text ?? '', names)
      .split(/\n/)
      .flatMap((line) => (name === 'tags' || name === 'platforms' ? line.split(',') : [line]));
    wheres.set(singular[name] ?? name, value.where);
    options.set(singular[name] ?? name, lines.map((line) => line.trim()).filter(Boolean));
  }
  const context = options.get('context')?.[0] ?? '.';
  options.delete('context');
  carryBuild({ options, context }, { where: (name) => wheres.get(name) ?? where, cwd: '', draft });
}

const singular: Readonly<Record<string, string>> = {
  tags: 'tag',
  'build-args': 'build-arg',
  platforms: 'platform',
  labels: 'label',
  secrets: 'secret',
  'secret-files': 'secret-file',
  'build-contexts': 'build-context',
};

interface Build {
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly context: string;
}

function carryBuild(
  { options, context }: Build,
  place: { readonly where: (option: string) => string; readonly cwd: string; readonly draft: Draft },
): void {
  const { where, cwd, draft } = place;
  const { folder, top } = draft.facts;
  const below = (path: string) => (isOpen(path) ? undefined : pathBelow(folder, join(top, cwd, path)));
  for (const tag of options.get('tag') ?? []) if (/[/:]/.test(tag)) draft.setImage(tag, where('tag'));
  draft.set('build.builder', 'dockerfile', where('context'));
  const app = /^(?:https?:|git@|-$)/.test(context) ? undefined : below(context);
  if (app === undefined) {
    draft.leave(where('context'), `the context ${context}`, 'Write build.app in lading.yml: the folder of the app.');
  } else draft.set('build.app', app, where('context'));
  for (const [name, values] of options) {
    const leave = (value: string, hint?: string) =>
      draft.leave(where(name), `docker build --${name} ${value}`.trim(), hint ?? hints[name]);
    if (name === 'tag' || ofTheEngine.includes(name)) continue;
    if (name === 'file') {
      const file = below(values[0] ?? '');
      if (file === undefined) leave(values.join(' '));
      else if (file !== join(app ?? '.', 'Dockerfile')) draft.set('build.file', file, where(name));
    } else if (name === 'platform') {
      const platforms = values.flatMap((one) => one.split(','));
      if (platforms.join() !== 'linux/amd64') draft.set('build.platform', platforms, where(name));
    } else if (name === 'build-arg' || name === 'label') carryPairs(name, values, { where: where(name), draft, leave });
    else if (name === 'secret-file') {
      const files = values.map((one) => one.replace(/^([^=]+)=(.+)$/, 'id=$1,src=$2'));
      draft.set('build.secret', files, where(name));
    } else if (name in plain && !values.some(isOpen)) {
      const key = plain[name as keyof typeof plain];
      draft.set(key, key === 'build.target' || key === 'build.build-network' ? (values[0] ?? '') : values, where(name));
    } else for (const value of values) leave(value);
  }
}

/** Options that are keys of the same meaning. */
const plain = {
  target: 'build.target',
  network: 'build.build-network',
  secret: 'build.secret',
  ssh: 'build.ssh',
} as const;

/** `K=V` each; what only a run knows, and what an engine takes from its own variables, stays behind. */
function carryPairs(
  name: 'build-arg' | 'label',
  values: readonly string[],
  { where, draft, leave }: { readonly where: string; readonly draft: Draft; readonly leave: (value: string) => void },
): void {
  const known: [string, string][] = [];
  for (const value of values) {
    const [, key, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
    if (key === undefined || text === undefined || isOpen(value)) leave(value);
    else known.push([key, text]);
  }
  if (known.length > 0) draft.set(`build.${name}`, Object.fromEntries(known), where);
}

const hints: Readonly<Record<string, string>> = {
  'build-arg': 'Give it to the step that builds: build-arg: NAME=VALUE.',
  label: 'Give it to the step that builds: label: NAME=VALUE.',
  secret: 'Write build.secret as id=ID,env=NAME, and give the variable NAME to the step that builds.',
  'cache-from': 'build.build-cache-from in lading.yml names where the engine finds earlier layers.',
  'cache-to': 'build.build-cache-to in lading.yml names where the engine leaves them.',
};

/** `docker push`, `docker tag`: names of the image. */
export function carryDockerNames({ words, where }: ShellCommand, names: Names, draft: Draft): void {
  const { rest } = flagsOf(words.slice(2), ['all-tags', 'a', 'q', 'quiet', 'disable-content-trust']);
  const name = expanded(rest.at(-1) ?? '', names);
  if (words[1] === 'push' || /\//.test(name)) draft.setImage(name, where);
}
