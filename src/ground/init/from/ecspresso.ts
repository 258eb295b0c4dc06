import { basename, dirname, join } from 'node:path';
import { pathBelow } from '../look/look.js';
import type { Carried } from './carried.js';
import type { Draft, Facts } from './draft.js';
import { openDraft } from './draft.js';
import type { Tree } from './yaml-tree.js';
import { readTree } from './yaml-tree.js';

/** Keys that `ecspresso.yml` has. https://github.com/kayac/ecspresso#configuration-file */
export function isEcspresso(tree: Tree): boolean {
  return tree.get('task_definition') !== undefined && tree.get('cluster') !== undefined;
}

/** A text with a template of Go, which only a run of ecspresso fills in. */
const TEMPLATE = /\{\{.*?\}\}/s;

/**
 * An ecspresso configuration with its task definition. `read` gives the text of a file beside it; undefined where there is
 * none.
 */
export async function carryEcspresso(
  tree: Tree,
  file: { readonly path: string; readonly name: string; readonly read: (path: string) => Promise<string | undefined> },
  facts: Facts,
): Promise<Carried> {
  const draft = openDraft(facts);
  for (const [key, value] of tree.entries) {
    const { where, text = '' } = value;
    if (key === 'task_definition') {
      const path = join(dirname(file.path), text);
      await carryDefinition({ path, text: await file.read(path), where }, draft);
    } else if (TEMPLATE.test(text)) {
      draft.leave(where, `${key}: ${text}`, 'It is filled in by ecspresso: write the value into lading.yml.');
    } else if (key === 'region') draft.set('region', text, where);
    else if (key === 'cluster') draft.set('deploy.cluster', text, where);
    else if (key === 'service') draft.set('deploy.service', text, where);
    else if (key === 'timeout') draft.set('deploy.timeout', text.replace(/^(\d+[hm])0[ms](?:0s)?$/, '$1'), where);
    else if (key === 'service_definition')
      draft.leave(
        where,
        `service_definition: ${text}`,
        'lading changes the revision of a service, not its settings: keep them in Terraform.',
      );
    else if (key !== 'required_version') draft.leave(where, `${key}: ${value.is === 'text' ? text : '…'}`, hints[key]);
  }
  const leftovers = [...draft.leftovers];
  return { source: `the ecspresso configuration ${file.name}`, settings: draft.settings, workflow: {}, leftovers };
}

const hints: Readonly<Record<string, string>> = {
  plugins: 'What a plugin looks up is written into lading.yml or the task definition.',
  codedeploy: 'lading drives services of the deployment controller ECS, which has blue/green and canary, too.',
  appspec: 'lading drives services of the deployment controller ECS, which has blue/green and canary, too.',
};

/** Its image and container; the file itself is taken when it holds nothing that ecspresso fills in. */
async function carryDefinition(
  { path, text, where }: { readonly path: string; readonly text: string | undefined; readonly where: string },
  draft: Draft,
): Promise<void> {
  const name = basename(path);
  if (text === undefined) return draft.leave(where, `the task definition ${name} is not there`);
  if (!name.endsWith('.json'))
    return draft.leave(where, `the task definition ${name} is no JSON`, 'lading starts from the one that runs.');
  // JSON is YAML, and so every part has its line.
  const shown = pathBelow(draft.facts.top, path) ?? path;
  const tree = definitionTree(text, shown);
  if (tree === undefined)
    return draft.leave(where, `the task definition ${shown} cannot be read`, 'lading starts from the one that runs.');
  const containers =
    (tree.get('containerDefinitions') ?? tree.get('taskDefinition', 'containerDefinitions'))?.items ?? [];
  const [first, ...others] = containers;
  const image = first?.get('image');
  if (image?.text !== undefined) draft.setImage(withoutTemplateTag(image.text), image.where);
  const container = first?.get('name')?.text;
  if (others.length > 0 && container !== undefined) draft.set('deploy.container', container, first?.where ?? where);
  for (const other of others)
    draft.leave(other.where, `the container ${other.get('name')?.text ?? ''} keeps its image`);
  if (TEMPLATE.test(text)) {
    const line = text.slice(0, TEMPLATE.exec(text)?.index).split('\n').length;
    draft.leave(
      `${shown}:${line}`,
      'the task definition holds what ecspresso fills in',
      'lading starts from the one that runs, and changes the image.',
    );
    return;
  }
  const below = pathBelow(draft.facts.folder, path);
  if (below !== undefined) draft.set('deploy.task-definition', below, where);
}

function definitionTree(text: string, name: string): Tree | undefined {
  try {
    return readTree(text, name);
  } catch {
    return undefined;
  }
}

/** The commit is the tag of every image. */
function withoutTemplateTag(image: string): string {
  return image.replace(/:\{\{.*$/s, '');
}
