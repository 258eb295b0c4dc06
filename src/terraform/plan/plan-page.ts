import type { Block, Page, Text } from '../../base/tell/page.js';
import type { AttributeChange } from './changed-attributes.js';
import type { PlannedAction, ResourceChange, StackPlan } from './plan.js';
import { countsText } from './plan.js';

const MARKS: Readonly<Record<PlannedAction, string>> = {
  create: '+ create',
  update: '~ change',
  replace: '± replace',
  delete: '- destroy',
  forget: '. forget',
  import: '= take over',
};

/** What is gone or made anew is read first. */
const ORDER: readonly PlannedAction[] = ['delete', 'replace', 'update', 'create', 'import', 'forget'];

const ATTRIBUTES_SHOWN = 8;

/** A plan to read: at a terminal, in the summary of a job. */
export function planPage(
  plan: StackPlan,
  about: {
    readonly stack: string;
    readonly facts: readonly { readonly name: string; readonly value: Text | undefined }[];
    readonly destroys?: boolean;
  },
): Page {
  const { changes, counts, clean, drift, outputs } = plan;
  // A task definition cannot be changed: another revision is no loss.
  const gone = changes.filter(
    ({ action, type }) => action === 'delete' || (action === 'replace' && type !== 'aws_ecs_task_definition'),
  );
  const blocks: Block[] = [];
  if (clean) blocks.push({ type: 'note', level: 'good', text: 'Nothing to do: what is there is what the stack says.' });
  if (gone.length > 0 && !about.destroys) {
    const text = `${gone.length} ${gone.length === 1 ? 'resource is' : 'resources are'} destroyed or made anew.`;
    blocks.push({ type: 'note', level: 'warning', text });
  }
  blocks.push({ type: 'facts', rows: about.facts });
  if (changes.length > 0) {
    const sorted = [...changes].sort((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action));
    blocks.push({
      type: 'table',
      columns: [{ name: '' }, { name: 'Resource' }, { name: 'What changes' }],
      rows: sorted.map((change) => [MARKS[change.action], { code: change.address }, attributesText(change)]),
    });
  }
  if (changes.length === 0 && outputs.length > 0) {
    blocks.push({ type: 'note', level: 'info', text: `Only outputs change: ${outputs.join(', ')}.` });
  }
  if (drift.length > 0) {
    const text = `Changed by somebody else since the last apply: ${drift.join(', ')}.`;
    blocks.push({ type: 'note', level: 'info', text });
  }
  return { title: `Plan of ${about.stack}: ${clean ? 'no changes' : countsText(counts)}`, blocks };
}

function attributesText({ attributes }: ResourceChange): Text {
  const shown = attributes.slice(0, ATTRIBUTES_SHOWN).map(attributeText);
  const more = attributes.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n');
}

function attributeText({ path, before, after, replaces }: AttributeChange): string {
  const values = before === undefined || after === undefined ? '' : `: ${before} → ${after}`;
  return `${path}${values}${replaces ? ' (cannot be changed in place)' : ''}`;
}
