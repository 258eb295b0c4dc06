import type { Check } from '../check.js';
import type { FileMend, Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { FilesScene, TextFile } from '../files.js';
import { placeIn } from '../files.js';
import type { Workflow } from '../workflows/workflow.js';
import type { HclItem } from './hcl.js';
import { parseHcl } from './hcl.js';

/** Terraform's own files, and the state that must not lie beside them. */
export const terraformFileChecks: readonly Check<FilesScene>[] = [
  {
    id: 'terraform/backend',
    title: 'The backend of Terraform',
    run: ({ terraform, workflows }) => terraform.flatMap((file) => backends(file, workflows)),
  },
  {
    id: 'terraform/removed',
    title: 'What the AWS provider has no more',
    run: ({ terraform }) => terraform.flatMap(removed),
  },
  { id: 'terraform/state', title: 'The state of Terraform', run: states },
  { id: 'terraform/owner', title: 'Who owns the task definition', run: owners },
];

/** Settings of a backend that nobody would write at the top of a stack. */
const SETTINGS = new Set([
  'bucket',
  'key',
  'region',
  'dynamodb_table',
  'use_lockfile',
  'encrypt',
  'profile',
  'role_arn',
]);

/** https://developer.hashicorp.com/terraform/language/backend */
function backends(file: TextFile, workflows: readonly Workflow[]): readonly Finding[] {
  const items = parseHcl(file.text);
  const settings = items.filter((item) => item.is === 'attribute' && SETTINGS.has(item.name));
  const [first] = settings;
  const findings: Finding[] = [];
  if (first) {
    const name = file.path.replace(/\.tf$/, '.tfbackend');
    const isWhole = items.every((item) => item.is === 'attribute');
    findings.push(
      wrong(
        'terraform/backend',
        `settings of a backend in a .tf file: Terraform takes ${(first as { name: string }).name} for an argument of the stack`,
        {
          at: placeIn(file, first.start),
          fix: `Call it ${name}, and give it to terraform init by -backend-config.`,
          ...(isWhole && {
            mend: { in: 'file', file: file.path, edits: [], rename: name, also: mentions(file.path, workflows) },
          }),
        },
      ),
    );
  }
  for (const item of items) {
    if (item.is !== 'block' || item.type !== 'backend') continue;
    const label = item.labels.map((one) => ` "${one}"`).join('');
    findings.push(
      wrong(
        'terraform/backend',
        `backend${label} stands outside of terraform { … }: Terraform does not know such a block`,
        {
          at: placeIn(file, item.start),
          fix: `Write terraform { backend${label} { … } }.`,
          mend: wrapBlock(file, item.start),
        },
      ),
    );
  }
  return findings;
}

/** Workflows name the file by its last name, from any folder. */
function mentions(path: string, workflows: readonly Workflow[]): NonNullable<FileMend['also']> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return workflows.flatMap(({ file, text }) => {
    const edits = [...text.matchAll(/[\w.-]+\.tf(?![\w-])/g)].flatMap((match) => {
      const end = match.index + match[0].length;
      return match[0] === name ? [{ start: end, end, text: 'backend' }] : [];
    });
    return edits.length > 0 ? [{ file, edits }] : [];
  });
}

/** The block as it stands, inside of another. */
function wrapBlock({ path, text }: TextFile, start: number): Finding['mend'] {
  let open = 0;
  let end = text.indexOf('{', start);
  // A brace in a text would be counted: what has one is left to a person.
  for (; end >= 0 && end < text.length; end++) {
    if (text[end] === '"' && /^"[^"\n]*[{}]/.test(text.slice(end))) return undefined;
    if (text[end] === '{') open++;
    if (text[end] === '}' && --open === 0) break;
  }
  if (end < 0 || end >= text.length) return undefined;
  const block = text.slice(start, end + 1).replace(/\n(?=[^\n])/g, '\n  ');
  return { in: 'file', file: path, edits: [{ start, end: end + 1, text: `terraform {\n  ${block}\n}` }] };
}

const REMOVED: Readonly<Record<string, string>> = {
  aws_subnet_ids: 'aws_subnets',
  aws_alb_target_group_attachments: 'aws_lb_target_group_attachment',
};

function removed(file: TextFile): readonly Finding[] {
  return parseHcl(file.text).flatMap((item): Finding[] => {
    const [type = ''] = item.is === 'block' && /^(data|resource)$/.test(item.type) ? item.labels : [];
    const better = REMOVED[type];
    if (better === undefined) return [];
    return [
      wrong('terraform/removed', `the AWS provider has no ${type} any more`, {
        at: placeIn(file, item.start),
        fix: `Use ${better}, which takes filter blocks and has ids.`,
      }),
    ];
  });
}

/** States are read by everybody who reads the repository, and hold secrets. */
function states({ trackedStates, localStates }: FilesScene): readonly Finding[] {
  const at = (file: string) => ({ file, line: 1, column: 1 });
  return [
    ...trackedStates.map((file) =>
      wrong('terraform/state', `a state of Terraform is committed: it holds secrets, and every checkout has another`, {
        at: at(file),
        fix: `Move it to a bucket (lading bootstrap, lading infra init), take it out: git rm --cached ${file}, and ignore *.tfstate*.`,
      }),
    ),
    ...localStates
      .filter((file) => !trackedStates.includes(file))
      .map((file) =>
        ok('terraform/state', 'a state of Terraform lies on this computer alone', {
          at: at(file),
          fix: 'Move it to a bucket by a backend, so that a pipeline sees what is there.',
        }),
      ),
  ];
}

/** With the deployer as owner, Terraform must not turn revisions back. */
function owners({ terraform, workflows }: FilesScene): readonly Finding[] {
  const deploys = workflows.some(({ text }) =>
    /\blading(\/actions)?[/ ](deploy|ship)\b|amazon-ecs-deploy-task-definition@/.test(text),
  );
  if (!deploys) return [];
  return terraform.flatMap((file) =>
    parseHcl(file.text).flatMap((item): Finding[] => {
      if (item.is !== 'block' || item.type !== 'resource' || item.labels[0] !== 'aws_ecs_service') return [];
      if (ignores(item.items)) return [];
      return [
        wrong(
          'terraform/owner',
          `Terraform turns ${item.labels[1] ?? 'the service'} back at each apply: a workflow deploys it, and its task_definition is not ignored`,
          {
            at: placeIn(file, item.start),
            fix: 'Add lifecycle { ignore_changes = [task_definition, desired_count] } to it.',
          },
        ),
      ];
    }),
  );
}

function ignores(items: readonly HclItem[]): boolean {
  return items.some(
    (item) =>
      item.is === 'block' &&
      item.type === 'lifecycle' &&
      item.items.some(
        (one) => one.is === 'attribute' && one.name === 'ignore_changes' && /\ball\b|task_definition/.test(one.value),
      ),
  );
}
