import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { FilesScene } from '../files.js';
import type { Job, Workflow } from './workflow.js';
import { expressionsIn } from './workflow.js';

/** What jobs say to each other, and how. */
export const expressionChecks: readonly Check<FilesScene>[] = [
  { id: 'workflow/dollar', title: 'Expressions', run: ({ workflows }) => workflows.flatMap(dollars) },
  { id: 'workflow/needs', title: 'Outputs of other jobs', run: ({ workflows }) => workflows.flatMap(needs) },
  {
    id: 'workflow/account-secret',
    title: 'Outputs that hold a secret',
    run: ({ workflows }) => workflows.flatMap(accountSecrets),
  },
  { id: 'workflow/yaml', title: 'The YAML of workflows', run: ({ workflows }) => workflows.flatMap(mistakes) },
];

/** Contexts that no template language but GitHub's has. */
const BARE = /(?<![$\\{])\{\{-?\s*(secrets|vars|github|needs|steps|inputs|matrix)\.[\w.-]+\s*-?\}\}/g;

function dollars(workflow: Workflow): readonly Finding[] {
  return [...workflow.text.matchAll(BARE)].flatMap((match) => {
    const line = workflow.text.slice(workflow.text.lastIndexOf('\n', match.index) + 1, match.index);
    if (/(^|\s)#/.test(line)) return [];
    return [
      wrong('workflow/dollar', `${match[0]} is no expression: it is taken as it stands, or as a map of YAML`, {
        at: workflow.place(match.index),
        fix: `Write $${match[0]}.`,
        mend: { in: 'file', file: workflow.file, edits: [{ start: match.index, end: match.index, text: '$' }] },
      }),
    ];
  });
}

/** The first of them: what follows is mostly its consequence. One that a missing `$` makes is told as that. */
function mistakes(workflow: Workflow): readonly Finding[] {
  const [first] = workflow.mistakes;
  if (!first || dollars(workflow).length > 0) return [];
  return [
    wrong('workflow/yaml', `it is no YAML: ${first.message}`, {
      at: workflow.place(first.offset),
      fix: 'Mend it: GitHub runs none of it.',
    }),
  ];
}

/** https://docs.github.com/actions/reference/workflows-and-actions/contexts#needs-context: what a job does not need is empty there. */
function needs(workflow: Workflow): readonly Finding[] {
  const byName = new Map(workflow.jobs.map((job) => [job.name, job]));
  return workflow.jobs.flatMap((job) =>
    job.texts.flatMap((spot) =>
      expressionsIn(workflow.text.slice(spot.start, spot.end)).flatMap(({ text, at }) =>
        [...text.matchAll(/\bneeds\.([\w-]+)\.outputs\.([\w-]+)/g)].flatMap((match): Finding[] => {
          const [, name = '', output = ''] = match;
          const place = { at: workflow.place(spot.start + at) };
          const other = byName.get(name);
          if (!other)
            return [
              wrong('workflow/needs', `there is no job ${name}: its output ${output} is empty`, {
                ...place,
                fix: `Name one of ${[...byName.keys()].join(', ')}.`,
              }),
            ];
          if (!reads(job, name))
            return [
              wrong('workflow/needs', `the job ${job.name} does not need ${name}: the output ${output} is empty`, {
                ...place,
                fix: `Add needs: ${name} to the job ${job.name}.`,
              }),
            ];
          if (other.calls || other.outputs.has(output)) return [];
          return [
            wrong('workflow/needs', `the job ${name} has no output ${output}: it is empty`, {
              ...place,
              fix: `Add ${output} to outputs: of the job ${name}.`,
            }),
          ];
        }),
      ),
    ),
  );
}

function reads(job: Job, name: string): boolean {
  return job.needs.some(({ text }) => text === name || text.includes('${{'));
}

/** An account id as a secret masks every text that holds it, and an output that holds it is not handed on. */
const ACCOUNT_SECRET = /\bsecrets\.(\w*ACCOUNT_?(ID|NUMBER)?\w*)\b/i;
/** Outputs that mostly hold the id: addresses of registries and repositories, ARNs. */
const HOLDS_ID =
  /\.outputs\.\w*(registry(?!_?name)|repository_?ur[il]|repo_?ur[il]|ecr_?ur[il]|image(?!_?tag)|arn|(?<=[._])ur[il]$)/i;

function accountSecrets(workflow: Workflow): readonly Finding[] {
  const secret = workflow.jobs.flatMap(({ texts }) => texts).find(({ text }) => ACCOUNT_SECRET.test(text));
  if (!secret) return [];
  const name = ACCOUNT_SECRET.exec(secret.text)?.[1] ?? '';
  const fix = `Hand over the name of the repository instead, and keep the id in a variable: vars.${name} is no secret.`;
  const dropped = workflow.jobs.flatMap((job) =>
    [...job.outputs].filter(([, { text }]) => expressionsIn(text).some((one) => HOLDS_ID.test(one.text.trim()))),
  );
  if (dropped.length === 0) {
    return [
      ok('workflow/account-secret', `the account id is a secret (${name}): outputs that hold it would be dropped`, {
        at: workflow.place(secret.start),
        fix: `Keep it in a variable: vars.${name}.`,
      }),
    ];
  }
  return dropped.map(([output, spot]) =>
    wrong(
      'workflow/account-secret',
      `GitHub drops the output ${output}: it holds the account id, which is a secret (${name})`,
      {
        at: workflow.place(spot.start),
        fix,
      },
    ),
  );
}
