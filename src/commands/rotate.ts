import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import { firstExpiry, rotateExitCode, rotateText, type RotateResult } from '../rotation/result.js';
import { gitHubInputs } from './inputs/github.js';
import { regionInput } from './inputs/service.js';
import { rotateNeeds } from './needs/rotate.js';

/** `lading rotate`. */
export const rotate = defineCommand({
  name: 'rotate',
  summary: 'Keeps the ECR password fresh in GitHub secrets, for private images as job containers',
  description:
    'A job can run inside a private ECR image only if a secret holds the registry password, which lives twelve hours. ' +
    'This writes a new one into every secret that is older than `--if-older-than`: one ECR call per registry, sealed to ' +
    'the key of each place, a second between writes. A place that refuses does not stop the others.',
  inputs: {
    to: input.list(
      'Where it is needed: owner/repo, owner/repo@environment, owner/pattern*, topic:owner/name or org:name; :dependabot, :codespaces or :agents after it, joined by +',
      { placeholder: 'TARGET', required: true },
    ),
    secret: input.string('Name of the secret', { placeholder: 'NAME', default: 'ECR_PASSWORD' }),
    registry: input.list('Registry of another account or region than the credentials’ own', {
      placeholder: '[SECRET=]ACCOUNT.REGION',
    }),
    image: input.list('Private image that the password must be able to pull, tried before anything is written', {
      placeholder: '[SECRET=]NAME:TAG',
    }),
    application: input.list(
      'Who reads the secret, for targets that do not say: actions, dependabot, codespaces, agents',
      {
        placeholder: 'NAME',
        default: ['actions'],
      },
    ),
    variables: input.boolean('Also write registry, user name and expiry as variables, named after the secret', {
      default: false,
    }),
    visibility: input.choice('Who in an organization may read the secret; kept as it is when not given', [
      'all',
      'private',
      'selected',
    ]),
    'selected-repository': input.list('Repository that may read an organization’s secret, with --visibility selected', {
      placeholder: 'OWNER/REPO',
    }),
    'if-older-than': input.duration('Leave secrets alone that are younger', {
      placeholder: 'TIME',
      default: 10_800_000,
    }),
    force: input.boolean('Write also those that are fresh', { default: false }),
    check: input.boolean(
      'Only tell how old each secret is and whether the schedule ran; exit code 10 when one is stale',
      {
        default: false,
        key: false,
      },
    ),
    'max-age': input.duration('Age from which --check calls a secret stale', {
      placeholder: 'TIME',
      default: 28_800_000,
    }),
    workflow: input.string('File name of the workflow whose schedule --check looks at, in this repository', {
      placeholder: 'FILE',
      default: 'rotate-ecr-password.yml',
    }),
    'state-file': input.path('Where a run that is stopped remembers what it has done', {
      placeholder: 'FILE',
      default: '.lading/rotate.jsonl',
    }),
    'dry-run': input.boolean('Tell what would be written, ask ECR for nothing', { default: false, key: false }),
    ...regionInput,
    ...gitHubInputs,
  },
  outputs: {
    failed: {
      summary: 'How many secrets could not be written',
      of: (result) => result.secrets.filter(({ action }) => action === 'failed').length,
    },
    written: {
      summary: 'How many secrets were written',
      of: (result) => result.secrets.filter(({ action }) => action === 'created' || action === 'updated').length,
    },
    'expires-at': {
      summary: 'When the first of the passwords expires, at the latest',
      of: firstExpiry,
    },
  },
  needs: {
    aws: rotateNeeds,
    github: [{ action: 'write', resource: 'id-token', why: 'to sign in to AWS by OIDC' }],
  },
  examples: [
    { command: 'lading rotate --to acme/shop', about: 'Writes ECR_PASSWORD of one repository' },
    {
      command: 'lading rotate --to org:acme --to acme/shop:dependabot --variables',
      about: 'One secret for an organization, another for Dependabot, and variables that say when they expire',
    },
    { command: "lading rotate --to 'acme/*' --dry-run", about: 'Tells which repositories of an organization are due' },
    { command: 'lading rotate --to acme/shop --check', about: 'Exits with 10 when the secret is older than 8 hours' },
  ],
  action: true,
  async run(values, context): Promise<RotateResult> {
    const { parseRotation } = await import('../rotation/request.js');
    const { runRotation } = await import('../rotation/run.js');
    return runRotation(parseRotation(values), context);
  },
  text: rotateText,
  exitCode: rotateExitCode,
});
