import { dirname, join } from 'node:path';
import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { errnoOf, InputError, messageOf, type InputIssue } from '../base/errors.js';
import { input, type ValuesOf } from '../base/input.js';
import { say } from '../base/report.js';
import type { WorkflowFile } from '../rotation/workflows/workflow.js';

const inputs = {
  form: input.choice(
    'schedule: a secret that a schedule keeps fresh; environment: one that a job of the same run writes',
    ['schedule', 'environment'],
    { default: 'schedule', key: false },
  ),
  registry: input.string('Registry of the private image', {
    placeholder: 'ACCOUNT.REGION',
    required: true,
    key: false,
  }),
  image: input.string('Private image that the test job runs in, without the registry', {
    placeholder: 'NAME:TAG',
    required: true,
    key: false,
  }),
  role: input.string('ARN of the IAM role that the workflow assumes by OIDC', {
    placeholder: 'ARN',
    required: true,
    key: false,
  }),
  to: input.list('Where the secret is needed, as for `lading rotate`; this repository when not given', {
    placeholder: 'TARGET',
    key: false,
  }),
  secret: input.string('Name of the secret', { placeholder: 'NAME', default: 'ECR_PASSWORD', key: false }),
  environment: input.string('Environment whose secret is written, with --form environment', {
    placeholder: 'NAME',
    default: 'ecr',
    key: false,
  }),
  cron: input.string('When the schedule runs', { placeholder: 'CRON', default: '17 */3 * * *', key: false }),
  force: input.boolean('Replace workflows that are there and differ', { default: false, key: false }),
  'dry-run': input.boolean('Tell which files would be written', { default: false, key: false }),
};

type Values = ValuesOf<typeof inputs>;

export interface InitRotateResult {
  readonly files: readonly { readonly path: string; readonly action: 'created' | 'replaced' | 'unchanged' }[];
}

/** `lading init rotate`. */
export const initRotate = defineCommand({
  name: 'init rotate',
  summary: 'Writes the workflows that keep an ECR password fresh',
  description:
    'With `--form schedule` a rotation every three hours and a canary that runs a job in the image; with ' +
    '`--form environment` one workflow without a schedule, whose first job writes the secret that the second one uses. ' +
    'Both sign in to AWS by OIDC and to GitHub as an App (variable `LADING_APP_ID`, secret `LADING_APP_KEY`).',
  inputs,
  examples: [
    {
      command:
        'lading init rotate --registry 123456789012.eu-central-1 --image ci/node:22 --role arn:aws:iam::123456789012:role/rotate',
      about: 'A rotation every three hours, and a canary',
    },
    {
      command:
        'lading init rotate --form environment --registry 123456789012.eu-central-1 --image ci/node:22 --role arn:aws:iam::123456789012:role/rotate',
      about: 'No schedule: the run itself makes the password',
    },
  ],
  async run(values, context): Promise<InitRotateResult> {
    return writeFiles(await planFiles(values), values, context);
  },
  text: (result) => result.files.map(({ path }) => path).join('\n'),
});

async function planFiles(values: Values): Promise<readonly WorkflowFile[]> {
  const issues = problems(values);
  const { parseRegistries } = await import('../rotation/registries/choice.js');
  const { parseTargets } = await import('../rotation/targets/target.js');
  const [registry] = parse(issues, () => parseRegistries([values.registry], values.secret)) ?? [];
  parse(issues, () => parseTargets(values.to ?? []));
  if (issues.length > 0 || registry?.account === undefined || registry.region === undefined) {
    throw new InputError(issues);
  }
  const { rotationInTheRun, scheduledRotation } = await import('../rotation/workflows/workflow.js');
  const { account, region } = registry;
  const { secret, role, image, cron, environment, to = [] } = values;
  const workflow = { secret, role, image, account, region, to, package: packageRange };
  return values.form === 'schedule'
    ? scheduledRotation({ ...workflow, cron })
    : rotationInTheRun({ ...workflow, environment });
}

/** The major version that wrote a workflow is the one that it runs. */
export const packageRange = 'lading@0';

/** What would break a workflow, or smuggle an expression into it. */
function problems(values: Values): InputIssue[] {
  const issues: InputIssue[] = [];
  const demand = (where: string, text: string, pattern: RegExp, message: string) => {
    if (!pattern.test(text)) issues.push({ where, message: `'${text}' ${message}` });
  };
  demand('--role', values.role, /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is no ARN of an IAM role');
  demand(
    '--image',
    values.image,
    /^[a-z0-9][a-z0-9._/-]*(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
    'is no NAME:TAG or NAME@sha256:… without a registry',
  );
  demand('--cron', values.cron, /^[\d*/,A-Za-z-]+( [\d*/,A-Za-z-]+){4}$/, 'is no schedule of five fields');
  for (const [where, text] of [['--environment', values.environment], ...(values.to ?? []).map((to) => ['--to', to])]) {
    if (/\$\{\{|[\r\n]/.test(text ?? '')) issues.push({ where: where ?? '', message: 'may not hold an expression' });
  }
  return issues;
}

function parse<Value>(issues: InputIssue[], work: () => Value): Value | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    issues.push(...error.issues);
    return undefined;
  }
}

/** All or nothing: a file that differs stops it before the first is written. */
async function writeFiles(
  files: readonly WorkflowFile[],
  values: Values,
  context: Pick<Context, 'cwd' | 'report'>,
): Promise<InitRotateResult> {
  const { mkdir, readFile, writeFile } = await import('node:fs/promises');
  const found = await Promise.all(
    files.map(async ({ path, text }) => {
      const present = await readFile(join(context.cwd, path), 'utf8').catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT') return undefined;
        throw new InputError({ where: path, message: messageOf(error) });
      });
      const action = present === undefined ? 'created' : present === text ? 'unchanged' : 'replaced';
      return { path, text, action } as const;
    }),
  );
  const differing = found.filter(({ action }) => action === 'replaced');
  if (differing.length > 0 && !values.force) {
    throw new InputError(
      differing.map(({ path }) => ({
        where: path,
        message: 'is there already and differs',
        hint: 'Compare it by --dry-run and git diff, or replace it by --force.',
      })),
    );
  }
  for (const { path, text, action } of values.dryRun ? [] : found) {
    if (action === 'unchanged') continue;
    const file = join(context.cwd, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  if (!values.dryRun) {
    const place = values.form === 'schedule' ? '' : ` and the environment ${values.environment}`;
    say(
      context.report,
      'info',
      `It needs an App: its id as variable LADING_APP_ID, its key as secret LADING_APP_KEY${place}`,
      'See the guide "Private images as job containers" for the App’s permissions and the role’s trust.',
    );
  }
  return { files: found.map(({ path, action }) => ({ path, action })) };
}
