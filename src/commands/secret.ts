import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { Origins } from '../base/declare/origin.js';
import type { ListResult, RemoveResult } from '../ground/secret/list.js';
import type { SetResult } from '../ground/secret/set.js';
import type { PlaceValues } from '../release/plan-release.js';
import { serviceInputs } from './inputs/service.js';
import { servicesInput } from './inputs/services.js';
import { secretNeeds } from './needs/secret.js';

const whereInputs = { ...serviceInputs, ...servicesInput };

const oneInputs = {
  name: input.string('Variable that containers get the value as', {
    placeholder: 'NAME',
    required: true,
    key: false,
    positional: true,
  }),
  store: input.choice('Where the value is kept: the Parameter Store, or Secrets Manager', ['ssm', 'secretsmanager'], {
    default: 'ssm',
    key: 'secret.store',
  }),
  id: input.string('Its name there; after the service and the variable when left out, as /shop/DATABASE_URL', {
    placeholder: 'NAME',
    key: false,
  }),
  ...whereInputs,
} as const;

export const secretSet = defineCommand({
  name: 'secret set',
  summary: 'Keeps a value for the containers of a service, and looks whether they get it',
  description:
    'The value is piped in or comes from a file, never from the command line; one line break at its end is not part of ' +
    'it. It is kept as a SecureString of the Parameter Store or as a secret of Secrets Manager. What is told then: ' +
    'whether the running task definition refers to it, what to write where it does not, and whether the execution role ' +
    'may read it, with the statement that it lacks.\n\nRunning tasks keep the old value: a new deployment brings the new one.',
  inputs: {
    ...oneInputs,
    from: input.path('File with the value; what is piped in when left out', { placeholder: 'FILE', key: false }),
    'kms-key': input.string('Key that it is sealed with, by ARN or alias; AWS’s own when left out', {
      placeholder: 'KEY',
      key: 'secret.kms-key',
    }),
    'keep-newline': input.boolean('Keep the line break at the end of the value', { default: false, key: false }),
    'dry-run': input.boolean('Say what would be done, and keep nothing', { default: false, key: false }),
  },
  needs: { aws: secretNeeds.set },
  examples: [
    { command: 'lading secret set DATABASE_URL --service shop < url.txt', about: 'From a pipe' },
    {
      command: 'lading secret set TLS_KEY --service shop --from key.pem --store secretsmanager',
      about: 'From a file, into Secrets Manager',
    },
  ],
  async run(values, context, origins): Promise<SetResult> {
    const { checkNames } = await import('../ground/secret/open.js');
    const { setSecret } = await import('../ground/secret/set.js');
    checkNames(values, (name) => origins.where(name));
    return setSecret(await placeOf(values, origins), { ...values, key: values.kmsKey }, context);
  },
  text: setText,
});

export const secretList = defineCommand({
  name: 'secret list',
  summary: 'Shows which secrets a service has, and which of them its containers get; no value is read',
  inputs: {
    ...whereInputs,
    store: input.list('Where to look: ssm, secretsmanager', { default: ['ssm', 'secretsmanager'], key: false }),
  },
  needs: { aws: secretNeeds.list },
  examples: [{ command: 'lading secret list --service shop', about: 'Those of a service' }],
  async run(values, context, origins): Promise<ListResult> {
    const { listSecrets, parseStores } = await import('../ground/secret/list.js');
    const stores = parseStores(values.store, origins.where('store'));
    return listSecrets(await placeOf(values, origins), stores, context);
  },
  text: ({ secrets, service }) =>
    secrets.length === 0
      ? `${service} has no secrets`
      : secrets
          .map(({ state, name, container, id, changedAt }) =>
            [
              state.padEnd(9),
              (name ?? '–').padEnd(24),
              (container ?? '–').padEnd(12),
              changedAt ?? ''.padEnd(20),
              id,
            ].join('  '),
          )
          .join('\n'),
});

export const secretRemove = defineCommand({
  name: 'secret rm',
  summary: 'Takes a secret away that no task of the service gets any more',
  description:
    'One that the running task definition refers to stays, for no task could start without it, unless `--force` is ' +
    'given. A parameter is gone at once; a secret of Secrets Manager can be brought back for 30 days by setting it again.',
  inputs: {
    ...oneInputs,
    force: input.boolean('Also one that the running task definition refers to', { default: false, key: false }),
    'dry-run': input.boolean('Say what would be done, and take nothing away', { default: false, key: false }),
  },
  needs: { aws: secretNeeds.rm },
  examples: [{ command: 'lading secret rm OLD_TOKEN --service shop', about: 'One that is not used' }],
  async run(values, context, origins): Promise<RemoveResult> {
    const { checkNames } = await import('../ground/secret/open.js');
    const { refuseNothing, removeSecret } = await import('../ground/secret/list.js');
    checkNames(values, (name) => origins.where(name));
    return refuseNothing(await removeSecret(await placeOf(values, origins), values, context));
  },
  text({ id, action, until }) {
    if (action === 'planned') return `${id} would be taken away`;
    return until === undefined ? `${id} is gone` : `${id} goes on ${until}; secret set brings it back until then`;
  },
});

async function placeOf(values: PlaceValues, origins: Origins) {
  const { planServices } = await import('../release/plan-release.js');
  const { onlyOne } = await import('../release/only-one.js');
  return onlyOne(planServices(values, origins), origins);
}

function setText({ id, action, arn, referenced, reference, right, next }: SetResult): string {
  const words = {
    created: 'is kept',
    updated: 'has a new value',
    unchanged: 'has this value',
    planned: 'would be kept',
  };
  const lines = [`${id} ${words[action]}`];
  if (arn !== undefined) lines.push(`arn         ${arn}`);
  if (referenced) lines.push(`referenced  by ${referenced.container} in ${referenced.revision}`);
  if (reference) {
    lines.push(
      'referenced  not yet: put one of these where your tasks come from',
      `  task definition, secrets of the container:  ${JSON.stringify(reference.taskDefinition)}`,
      '  lading.yml, then lading infra apply service:',
      ...reference.ladingYml.split('\n').map((line) => `    ${line}`),
    );
  }
  if (right) lines.push(...rightLines(right));
  if (next !== undefined) lines.push(`next        ${next}`);
  return lines.join('\n');
}

function rightLines({ role, state, statement }: NonNullable<SetResult['right']>): readonly string[] {
  const who = role === undefined ? 'the execution role' : `the execution role ${role}`;
  if (state === 'ok') return [`right       ${who} may read it`];
  const said =
    state === 'missing' ? `${who} may not read it: add` : `whether ${who} may read it is not known; it takes`;
  return [`right       ${said}`, `  ${JSON.stringify(statement)}`];
}
