import { parseArn } from '../../aws/arn.js';
import type { Form } from '../../base/declare/input.js';
import { input } from '../../base/declare/input.js';
import { InputError } from '../../base/errors.js';
import { containerImageForm } from './forms.js';
import { wordsForm } from './words.js';

/** The ARN of a role, in any partition, or its name alone: ECS takes both. */
const roleForm: Form<string> = {
  parse(text) {
    const arn = parseArn(text);
    const isRole = arn ? arn.service === 'iam' && /^role\/.+/.test(arn.resource) : /^[\w+=,.@-]{1,64}$/.test(text);
    if (isRole) return text;
    const message = `is no ARN of a role: ${JSON.stringify(text)}`;
    throw new InputError({ where: '', message, hint: 'Write it as arn:aws:iam::123456789012:role/NAME.' });
  },
  format: (role) => role,
};

/** What a task definition is to say otherwise. */
export const renderInputs = {
  container: input.list('Container that is meant; those that get an image, else the only one, when left out', {
    placeholder: 'NAME',
    key: false,
  }),
  image: input.list('Image that a container gets, as it is written', {
    placeholder: '[CONTAINER=]REF',
    key: false,
    ...containerImageForm,
  }),
  env: input.pairs('Variable of the container', { placeholder: '[CONTAINER:]K=V', key: false }),
  secret: input.pairs('Variable with the value of a secret, by the ARN or name of that', {
    placeholder: '[CONTAINER:]K=ARN',
    key: false,
  }),
  unset: input.list('Variable or secret to take away', { placeholder: '[CONTAINER:]NAME', key: false }),
  'docker-label': input.pairs('Docker label of the container', { placeholder: '[CONTAINER:]K=V', key: false }),
  'log-driver': input.choice(
    'Log driver; options of another one go',
    ['json-file', 'syslog', 'journald', 'logentries', 'gelf', 'fluentd', 'awslogs', 'splunk', 'awsfirelens'],
    { key: false },
  ),
  'log-option': input.pairs('Option of the log driver', { placeholder: 'K=V', key: false }),
  command: input.string(
    'Program that runs: words parted by blanks, quoted ones kept whole, or a JSON array; `[]` leaves it to the image',
    { placeholder: 'WORDS', key: false, ...wordsForm },
  ),
  'env-file': input.list('ARN of a file with variables in S3, instead of those that are there', {
    placeholder: 'ARN',
    key: false,
  }),
  'task-role-arn': input.string('Role of the app', { placeholder: 'ARN', key: false, ...roleForm }),
  'execution-role-arn': input.string('Role of ECS, for images, logs and secrets', {
    placeholder: 'ARN',
    key: false,
    ...roleForm,
  }),
} as const;
