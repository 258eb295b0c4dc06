import { join } from 'node:path';
import { quote } from 'shell-quote';
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
const ofTheEngine = ['push', 'load', 'no-cache', 'pull', 'q', 'quiet', 'rm', 'force-rm', 'progress', 'cache-from', 'cache-to', 'provenance', 'sbom', 'builder', 'output', 'o', 'iidfile', 'metadata-file', 'compress', 'no-cache-filters', 'github-token']; // prettier-ignore

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
  const { folder, top, packs } = draft.facts;
  for (const tag of options.get('tag') ?? []) if (/[/:]/.test(tag)) draft.setImage(tag, where('tag'));
  const isPlace = !isOpen(context) && !/^(?:https?:|git@|-$)/.test(context);
  const app = isPlace ? pathBelow(folder, join(top, cwd, context)) : undefined;
  if (app === undefined) {
    draft.leave(where('context'), `the context ${context}`, 'Write build.app in lading.yml: the folder of the app.');
  } else if (packs) draft.set('build.app', app, where('context'));
  else draft.workflow({ docker: { options: [], context: app } });
  const platforms = (options.get('platform') ?? []).flatMap((one) => one.split(','));
  if (packs && platforms.length > 0 && platforms.join() !== 'linux/amd64')
    draft.set('build.platform', platforms.length === 1 ? (platforms[0] ?? '') : platforms, where('platform'));
  for (const [name, values] of options) {
    if (name === 'tag' || ofTheEngine.includes(name) || (packs && name === 'platform')) continue;
    if (name === 'file' && /^(?:\.\/)?Dockerfile$/.test(values[0] ?? '')) continue;
    if (packs || values.some(isOpen)) {
      const hint = packs ? (hints[name] ?? 'lading packs the app from its files.') : 'Add it to the step that builds.';
      draft.leave(where(name), `docker build --${name} ${values.join(' ')}`.trim(), hint);
      continue;
    }
    const { docker } = draft.carriedWorkflow;
    const words = values.map((value) => quote([`--${name}`, value]));
    draft.workflow({ docker: { context: docker?.context ?? '.', options: [...(docker?.options ?? []), ...words] } });
  }
}

const hints: Readonly<Record<string, string>> = {
  'build-arg': 'What the app must know when it is built is a variable of the job that runs lading.',
  label: 'Write it under build.label in lading.yml.',
  secret: 'The build script of the app sees variables of the job; secrets only with build.pass-env.',
  file: 'lading packs the app from its files and reads no Dockerfile.',
};

/** `docker push`, `docker tag`: names of the image. */
export function carryDockerNames({ words, where }: ShellCommand, names: Names, draft: Draft): void {
  const { rest } = flagsOf(words.slice(2), ['all-tags', 'a', 'q', 'quiet', 'disable-content-trust']);
  const name = expanded(rest.at(-1) ?? '', names);
  if (words[1] === 'push' || /\//.test(name)) draft.setImage(name, where);
}
