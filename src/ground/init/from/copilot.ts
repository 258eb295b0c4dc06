import { dirname, join } from 'node:path';
import { pathBelow } from '../look/look.js';
import type { Carried } from './carried.js';
import type { Draft, Facts } from './draft.js';
import { openDraft } from './draft.js';
import type { Tree } from './yaml-tree.js';

/** https://aws.github.io/copilot-cli/docs/manifest/overview/ */
export function isCopilot(tree: Tree): boolean {
  return /(?:Service|Job|Static Site)$/.test(tree.get('type')?.text ?? '') && tree.get('name') !== undefined;
}

/** A service of Copilot. What its manifest says of the task stays in the task definition that Copilot made. */
export function carryCopilot(
  tree: Tree,
  file: { readonly path: string; readonly name: string },
  facts: Facts,
): Carried {
  const draft = openDraft(facts);
  // copilot/NAME/manifest.yml: paths start where the folder copilot is.
  const home = dirname(dirname(dirname(file.path)));
  const service = tree.get('name')?.text ?? '';
  for (const [key, value] of tree.entries) {
    const { where, text = '' } = value;
    if (key === 'name') {
      draft.set('deploy.container', text, where);
      const hint = `Find them: aws ecs list-clusters, aws ecs list-services; then lading init --from service --cluster CLUSTER --service SERVICE.`;
      draft.leave(where, `Copilot adds to the names of cluster, service and repository of ${service}`, hint);
    } else if (key === 'type') {
      if (!/^(?:Load Balanced Web|Backend|Worker) Service$/.test(text))
        draft.leave(where, `type: ${text}`, 'lading deploys services of ECS.');
    } else if (key === 'image') carryImage(value, home, draft);
    else if (key === 'platform' && value.is === 'text') {
      if (text !== 'linux/amd64' && text !== 'linux/x86_64') draft.set('build.platform', text, where);
    } else draft.leave(where, `${key}: ${value.is === 'text' ? text : '…'}`, hintFor(key));
  }
  return {
    source: `the Copilot manifest ${file.name}`,
    settings: draft.settings,
    workflow: {},
    leftovers: draft.leftovers,
  };
}

function carryImage(image: Tree, home: string, draft: Draft): void {
  for (const [key, value] of image.entries) {
    const { where, text = '' } = value;
    if (key === 'location') draft.setImage(text, where);
    else if (key === 'build') carryBuild(value, home, draft);
    // The task definition has it already.
    else if (key !== 'port') draft.leave(where, `image.${key}`, 'It stays in the task definition that Copilot made.');
  }
}

/** Copilot builds a Dockerfile: so does lading. */
function carryBuild(build: Tree, home: string, draft: Draft): void {
  const { folder } = draft.facts;
  const dockerfile = (build.is === 'text' ? build.text : build.get('dockerfile')?.text) ?? 'Dockerfile';
  const context = build.get('context')?.text ?? dirname(dockerfile);
  const [app, file] = [context, dockerfile].map((path) => pathBelow(folder, join(home, path)));
  draft.set('build.builder', 'dockerfile', build.where);
  if (app === undefined || file === undefined)
    draft.leave(build.where, `the context ${context}`, 'Write build.app in lading.yml: the folder of the app.');
  else {
    draft.set('build.app', app, build.where);
    if (file !== join(app, 'Dockerfile')) draft.set('build.file', file, build.where);
  }
  for (const [key, value] of build.entries) {
    const args = Object.fromEntries(value.entries.map(([name, one]) => [name, one.text ?? '']));
    if (key === 'target' && value.text !== undefined) draft.set('build.target', value.text, value.where);
    else if (key === 'args') draft.set('build.build-arg', args, value.where);
    else if (key !== 'dockerfile' && key !== 'context') draft.leave(value.where, `image.build.${key}`);
  }
}

function hintFor(key: string): string {
  if (key === 'environments') return 'Write what differs under environments in lading.yml.';
  if (['http', 'count', 'network', 'exec', 'deployment', 'observability', 'nlb'].includes(key))
    return 'It stays in the service that Copilot made: lading changes its revision alone.';
  return 'It stays in the task definition that Copilot made: lading changes the image alone.';
}
