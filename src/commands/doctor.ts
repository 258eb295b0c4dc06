import type { Context } from '../base/context.js';
import { defineCommand } from '../base/declare/command.js';
import type { ValuesOf } from '../base/declare/input.js';
import { input } from '../base/declare/input.js';
import type { ReportEvent } from '../base/tell/report.js';
import type { Finding } from '../ground/doctor/finding.js';
import { doctorExitCode, doctorText, type DoctorResult } from '../ground/doctor/result.js';
import { rotationCheckInputs } from './inputs/rotation-check.js';
import { imagesInput } from './inputs/release.js';
import { serviceInputs } from './inputs/service.js';
import { servicesInput } from './inputs/services.js';
import { deployNeeds } from './needs/deploy.js';
import { doctorNeeds } from './needs/doctor.js';
import { pushNeeds } from './needs/push.js';

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Looks at everything that a release needs, says what is wrong and how to mend it',
  description:
    'Reads, and changes nothing: the identity and what it may do, the service with its roles, images, secrets, log groups, target groups and network, the workflows, Terraform’s files and the app. Each line is `ok`, `wrong` or `unknown` with what to do, worst first; exit code 10 when something is wrong. What may not be read is unknown, and ends nothing.\n\nIt needs no `lading.yml`: `--cluster` and `--service` name any service of ECS. It foretells how long a rollout takes, with what each setting costs and what to set instead.\n\n`--fix` mends files of the repository and shows what it changed. On a terminal it also asks for each setting of AWS that would mend something; elsewhere settings are changed only when they are named by `--set`.',
  inputs: {
    ...serviceInputs,
    ...servicesInput,
    ...imagesInput,
    app: input.path('Folder of the app', { placeholder: 'DIR', key: 'build.app' }),
    ...rotationCheckInputs,
    'release-role': input.string(
      'Role that releases, whose permissions and trust are looked at; the one in use when left out',
      {
        placeholder: 'ROLE',
      },
    ),
    fix: input.boolean('Mend what can be mended in files, and show it; on a terminal, ask for each setting of AWS', {
      default: false,
      key: false,
    }),
    set: input.list('Setting of AWS to change, by the name that a finding gives', { placeholder: 'NAME', key: false }),
    'dry-run': input.boolean('With --fix or --set: show what would be changed, change nothing', {
      default: false,
      key: false,
    }),
  },
  outputs: {
    outcome: { summary: '`well` or `wrong`', of: (result: DoctorResult) => result.outcome },
    wrong: { summary: 'How much is wrong', of: (result: DoctorResult) => result.counts.wrong },
    unknown: { summary: 'How much cannot be told', of: (result: DoctorResult) => result.counts.unknown },
    'rollout-seconds': {
      summary: 'How long a rollout takes; of several services the longest',
      of: (result: DoctorResult) => longest(result),
    },
  },
  needs: { aws: doctorNeeds },
  examples: [
    { command: 'lading doctor', about: 'What lading.yml says, the repository and the account' },
    {
      command: 'lading doctor --cluster production --service shop',
      about: 'Any service, also one that lading never saw',
    },
    { command: 'lading doctor --release-role deploy', about: 'What the role of a pipeline may do' },
    { command: 'lading doctor --fix', about: 'Mends the files' },
  ],
  action: true,
  async run(values, context, origins): Promise<DoctorResult> {
    const { planServices } = await import('../release/plan-release.js');
    const hasService = values.service !== undefined || values.services.length > 0;
    const places = hasService ? planServices(values, origins) : [];
    const { consult } = await import('../ground/doctor/consult.js');
    const apps = [values.app, ...values.images.map(({ app }) => app)].flatMap((app) => app ?? []);
    return consult(
      {
        places,
        region: values.region,
        role: values.releaseRole,
        needs: [...pushNeeds, ...deployNeeds],
        apps: [...new Set(apps)],
        more: values.rotateTo ? [() => rotationOf(values, values.rotateTo ?? [], context)] : [],
      },
      { fix: values.fix, set: values.set ?? [], dryRun: values.dryRun },
      context,
    );
  },
  text: doctorText,
  exitCode: doctorExitCode,
});

/** Only how old the secrets are, and whether the schedule runs. What cannot be asked is unknown. */
async function rotationOf(values: RotationCheck, to: readonly string[], context: Context): Promise<readonly Finding[]> {
  const { parseRotation } = await import('../rotation/request.js');
  const { runRotation } = await import('../rotation/run.js');
  const { rotationFindings } = await import('../ground/doctor/rotation.js');
  const { cannotTell, isFailedRead } = await import('../ground/doctor/check.js');
  const { rotateSecret: secret, rotateMaxAge: maxAge, rotateWorkflow: workflow } = values;
  const asked = { ...values, to, secret, maxAge, workflow, application: ['actions'], check: true, dryRun: false };
  const rest = { variables: false, force: false, ifOlderThan: 0, stateFile: '' };
  // What it has to tell stands among the findings.
  const quiet = {
    ...context,
    report: (event: ReportEvent) => (event.type === 'mask' ? context.report(event) : undefined),
  };
  try {
    return rotationFindings(await runRotation(parseRotation({ ...asked, ...rest }), quiet));
  } catch (error) {
    if (!isFailedRead(error)) throw error;
    return [cannotTell('rotation', `how old ${secret} is`, error)];
  }
}

type RotationCheck = ValuesOf<typeof rotationCheckInputs> & { readonly region: string | undefined };

function longest({ rollouts }: DoctorResult): number | undefined {
  const all = rollouts.flatMap(({ prediction }) => prediction?.seconds ?? []);
  return all.length === 0 ? undefined : Math.max(...all);
}
