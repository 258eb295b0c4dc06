import type { Check } from '../check.js';
import type { Finding, Mend } from '../finding.js';
import { wrong } from '../finding.js';
import type { FilesScene } from '../files.js';
import type { Spot, Workflow } from './workflow.js';
import { actionOf } from './workflow.js';

/** What GitHub has taken away, or takes away. */
export const retiredChecks: readonly Check<FilesScene>[] = [
  { id: 'workflow/runner', title: 'The runners', run: ({ workflows }) => workflows.flatMap(runners) },
  { id: 'workflow/action', title: 'The versions of actions', run: ({ workflows }) => workflows.flatMap(actions) },
  { id: 'workflow/command', title: 'Commands of the runner', run: ({ workflows }) => workflows.flatMap(commands) },
];

/** https://github.com/actions/runner-images: labels that no runner answers to any more, and what came after. */
const RUNNERS: readonly (readonly [RegExp, string])[] = [
  [/^ubuntu-(16|18|20)\.04$/, 'ubuntu-24.04'],
  [/^macos-(10\.15|11|12|13)(-.*)?$/, 'macos-15'],
  [/^windows-(2016|2019)$/, 'windows-2022'],
];

function runners(workflow: Workflow): readonly Finding[] {
  return workflow.jobs.flatMap((job) =>
    job.runsOn.flatMap((spot) => {
      const better = RUNNERS.find(([pattern]) => pattern.test(spot.text))?.[1];
      // A label of one's own runners may be called anything.
      if (better === undefined || job.runsOn.some(({ text }) => text === 'self-hosted')) return [];
      return [
        wrong('workflow/runner', `the job ${job.name} waits for a runner that GitHub has no more: ${spot.text}`, {
          at: workflow.place(spot.start),
          fix: `Write runs-on: ${better}.`,
          mend: replace(workflow, spot, spot.text, better),
        }),
      ];
    }),
  );
}

/** Up to which major version an action is out of date, and which to take: those needed Node 12 or 16, or a service that is gone. */
const ACTIONS: Readonly<Record<string, readonly [number, string]>> = {
  'actions/checkout': [2, 'v5'],
  'actions/setup-node': [2, 'v5'],
  'actions/setup-python': [2, 'v5'],
  'actions/github-script': [5, 'v8'],
  'actions/cache': [2, 'v4'],
  'actions/upload-artifact': [3, 'v4'],
  'actions/download-artifact': [3, 'v4'],
  'aws-actions/configure-aws-credentials': [2, 'v6'],
  'aws-actions/amazon-ecr-login': [0, 'v2'],
  'aws-actions/amazon-ecs-deploy-task-definition': [1, 'v2'],
  'docker/setup-buildx-action': [2, 'v3'],
  'docker/build-push-action': [3, 'v6'],
  'docker/login-action': [2, 'v3'],
  'hashicorp/setup-terraform': [2, 'v3'],
};

function actions(workflow: Workflow): readonly Finding[] {
  const steps = workflow.jobs.flatMap((job) => job.steps);
  return steps.flatMap(({ uses }) => {
    const action = uses && actionOf(uses.text);
    const [last, better] = (action && ACTIONS[action.name]) ?? [];
    const major = Number(/^v?(\d+)(\.\d+)*$/.exec(action?.version ?? '')?.[1] ?? Number.NaN);
    if (!uses || last === undefined || better === undefined || !(major <= last)) return [];
    return [
      wrong('workflow/action', `${uses.text} is out of date: it was made for a Node that runners have no more`, {
        at: workflow.place(uses.start),
        fix: `Use ${action?.name ?? ''}@${better}.`,
        mend: replace(workflow, uses, `@${action?.version ?? ''}`, `@${better}`),
      }),
    ];
  });
}

/** https://github.blog/changelog/2022-10-11-github-actions-deprecating-save-state-and-set-output-commands/ */
const COMMAND = /::(set-output|save-state|set-env|add-path)(?=[\s:])/g;
const FILES: Readonly<Record<string, string>> = {
  'set-output': 'GITHUB_OUTPUT',
  'save-state': 'GITHUB_STATE',
  'set-env': 'GITHUB_ENV',
  'add-path': 'GITHUB_PATH',
};

function commands(workflow: Workflow): readonly Finding[] {
  const runs = workflow.jobs.flatMap((job) => job.steps.flatMap(({ run }) => run ?? []));
  return runs.flatMap((run) => {
    const source = workflow.text.slice(run.start, run.end);
    return [...source.matchAll(COMMAND)].map((match) => {
      const command = match[1] ?? '';
      const file = FILES[command] ?? '';
      const at = run.start + match.index;
      return wrong('workflow/command', `::${command} is retired: GitHub takes such values from files`, {
        at: workflow.place(at),
        fix: `Write echo "NAME=VALUE" >> "$${file}" instead.`,
        mend: mendCommand(workflow, at),
      });
    });
  });
}

/** `echo "::set-output name=N::V"` alone on its line, or behind `run:`; anything else is left to a person. */
function mendCommand({ file, text }: Workflow, at: number): Mend | undefined {
  const start = text.lastIndexOf('\n', at) + 1;
  const newline = text.indexOf('\n', at);
  const line = text.slice(start, newline < 0 ? text.length : newline);
  const match = /^((?:\s*-?\s*run:)?\s*)echo (["']?)::(set-output|save-state|set-env) name=([\w.-]+)::(.*?)\2\s*$/.exec(
    line,
  );
  if (!match) return undefined;
  const [, head = '', quote = '', command = '', name = '', value = ''] = match;
  // A colon that would begin a map of YAML must stay in quotes.
  const mended = `${head}echo ${quote || '"'}${name}=${value}${quote || '"'} >> "$${FILES[command] ?? ''}"`;
  if (/run:\s*$/.test(head) && /: /.test(value)) return undefined;
  return { in: 'file', file, edits: [{ start, end: start + line.length, text: mended }] };
}

function replace({ file, text }: Workflow, spot: Spot, from: string, to: string): Mend | undefined {
  const at = text.slice(spot.start, spot.end).indexOf(from);
  if (at < 0) return undefined;
  const start = spot.start + at;
  return { in: 'file', file, edits: [{ start, end: start + from.length, text: to }] };
}
