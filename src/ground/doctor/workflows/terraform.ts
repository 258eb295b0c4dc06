import type { Check } from '../check.js';
import type { Finding, Mend } from '../finding.js';
import { wrong } from '../finding.js';
import type { FilesScene } from '../files.js';
import type { Job, Step, Workflow } from './workflow.js';
import { actionOf } from './workflow.js';

/** Terraform in workflows. */
export const workflowTerraformChecks: readonly Check<FilesScene>[] = [
  {
    id: 'workflow/terraform',
    title: 'Terraform in workflows',
    run: ({ workflows }) => workflows.flatMap((one) => one.jobs.flatMap((job) => installed(one, job))),
  },
  {
    id: 'workflow/wrapper',
    title: 'The wrapper of setup-terraform',
    run: ({ workflows }) => workflows.flatMap((one) => one.jobs.flatMap((job) => wrapper(one, job))),
  },
];

/** In the place of a command: at the start of a line, behind an operator, inside of `$(…)`. */
const CALL =
  /(?:^|[\n;&|({`]|\$\(|\b(?:then|do|else|time|sudo|exec)\s)\s*(?:[A-Z_]+=\S*\s+)*(terraform|tofu|lading infra)\s+[\w-]/;
const INSTALLS =
  /\b(apt(-get)?|brew|snap|asdf|mise|tfenv|tofuenv|curl|wget|nix|pip|choco)\b[^\n]*\b(terraform|tofu|opentofu|tfenv|hashicorp)/;
/** Images without Terraform. https://github.com/actions/runner-images/issues/10796 */
const WITHOUT = /^ubuntu-(latest|24\.04|26\.04)(-arm)?$/;

function installed(workflow: Workflow, job: Job): readonly Finding[] {
  if (job.inContainer || !job.runsOn.some(({ text }) => WITHOUT.test(text))) return [];
  const at = job.steps.findIndex(({ run }) => run !== undefined && CALL.test(run.text));
  const step = job.steps[at];
  if (!step?.run || job.steps.slice(0, at + 1).some(brings)) return [];
  const [, program = 'terraform'] = CALL.exec(step.run.text) ?? [];
  const offset = Math.max(0, workflow.text.slice(step.run.start, step.run.end).indexOf(program));
  return [
    wrong(
      'workflow/terraform',
      `the job ${job.name} runs ${program}, and ${job.runsOn[0]?.text ?? 'its runner'} has no Terraform`,
      {
        at: workflow.place(step.run.start + offset),
        fix: 'Put hashicorp/setup-terraform@v3 with terraform_wrapper: false before this step.',
        mend: addSetup(workflow, step),
      },
    ),
  ];
}

function brings({ uses, run }: Step): boolean {
  const name = actionOf(uses?.text ?? '')?.name ?? uses?.text ?? '';
  return /terraform|tofu|mise|asdf|nix|devbox|\.\//.test(name) || (run !== undefined && INSTALLS.test(run.text));
}

function addSetup({ file, text }: Workflow, step: Step): Mend | undefined {
  const line = text.lastIndexOf('\n', step.start) + 1;
  const indent = /^(\s*)- /.exec(text.slice(line))?.[1];
  if (indent === undefined) return undefined;
  const added = `${indent}- uses: hashicorp/setup-terraform@v3\n${indent}  with:\n${indent}    terraform_wrapper: false\n`;
  return { in: 'file', file, edits: [{ start: line, end: line, text: added }] };
}

/** What is caught, or goes on to another program: the wrapper adds lines of its own. https://github.com/hashicorp/setup-terraform/issues/20 */
const CAUGHT = /(?:\$\(|`)\s*terraform\s[^)`]*|\bterraform\s+(?:-chdir=\S+\s+)?(?:output|show)\b[^\n]*[^|](?:\||>)/;

function wrapper(workflow: Workflow, job: Job): readonly Finding[] {
  const setup = job.steps.find(({ uses }) => actionOf(uses?.text ?? '')?.name === 'hashicorp/setup-terraform');
  if (!setup?.uses || /^false$/i.test(setup.with.get('terraform_wrapper')?.text ?? '')) return [];
  const caught = job.steps.find(({ run, start }) => start > setup.start && run !== undefined && CAUGHT.test(run.text));
  if (!caught?.run) return [];
  const source = workflow.text.slice(caught.run.start, caught.run.end);
  const offset = Math.max(0, source.search(CAUGHT));
  return [
    wrong(
      'workflow/wrapper',
      'the output of terraform is caught here, and the wrapper of setup-terraform writes into it',
      {
        at: workflow.place(caught.run.start + offset),
        fix: 'Set terraform_wrapper: false at hashicorp/setup-terraform.',
        mend: noWrapper(workflow, setup),
      },
    ),
  ];
}

function noWrapper({ file, text }: Workflow, setup: Step): Mend | undefined {
  const said = setup.with.get('terraform_wrapper');
  if (said) return { in: 'file', file, edits: [{ start: said.start, end: said.end, text: 'false' }] };
  if (setup.withEnd) {
    const { offset, indent } = setup.withEnd;
    return {
      in: 'file',
      file,
      edits: [{ start: offset, end: offset, text: `${' '.repeat(indent)}terraform_wrapper: false\n` }],
    };
  }
  if (!setup.uses || setup.with.size > 0) return undefined;
  const line = text.lastIndexOf('\n', setup.uses.start) + 1;
  const newline = text.indexOf('\n', setup.uses.end);
  if (newline < 0) return undefined;
  const column = /^(\s*(?:- )?)uses:/.exec(text.slice(line))?.[1]?.length;
  if (column === undefined) return undefined;
  const indent = ' '.repeat(column);
  return {
    in: 'file',
    file,
    edits: [{ start: newline + 1, end: newline + 1, text: `${indent}with:\n${indent}  terraform_wrapper: false\n` }],
  };
}
