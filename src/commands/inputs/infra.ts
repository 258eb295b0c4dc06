import { input } from '../../base/declare/input.js';
import { regionInput } from './service.js';
import { statePlaceInputs } from './state.js';

/** Which stack, and where its state is; shared by all that `infra` does. */
export const stateInputs = {
  stack: input.choice('Which of the two stacks', ['registry', 'service'], {
    required: true,
    key: false,
    positional: true,
  }),
  folder: input.path('Folder with the stacks', { placeholder: 'DIR', default: 'infra', key: 'infra.folder' }),
  name: input.string('What all of it is named by; the service of `deploy.service` when left out', {
    placeholder: 'NAME',
    key: 'infra.name',
  }),
  service: input.string('Service that the stack is for, when it has no name of its own', {
    placeholder: 'SERVICE',
    key: 'deploy.service',
  }),
  to: input.string('Image that is pushed: it names the repository when --repository does not', {
    placeholder: 'IMAGE',
    key: 'push.to',
  }),
  ...statePlaceInputs,
  terraform: input.string('Program to run; `terraform`, else `tofu` of the path when left out', {
    placeholder: 'PROGRAM',
    key: 'infra.terraform',
  }),
  'pass-env': input.list('Variable that Terraform gets too, as for another provider', {
    placeholder: 'NAME',
    key: 'infra.pass-env',
  }),
  ...regionInput,
};

/** What the stacks are told. */
export const stackInputs = {
  repository: input.string('Name of the repository; that of `push.to` when left out', {
    placeholder: 'NAME',
    key: 'infra.repository',
  }),
  image: input.string('Image of the service, by tag or digest; that of the state when left out', {
    placeholder: 'IMAGE',
    key: false,
  }),
  container: input.string('Name of the container; `app` when left out', {
    placeholder: 'NAME',
    key: 'infra.container',
  }),
  port: input.integer('Port that the app listens on; 3000 when left out', { placeholder: 'N', key: 'infra.port' }),
  'health-path': input.string('Path that answers when the app is well; `/api/health` when left out', {
    placeholder: 'PATH',
    key: 'infra.health-path',
  }),
  cpu: input.integer('CPU units of a task; 256 when left out', { placeholder: 'N', key: 'infra.cpu' }),
  memory: input.integer('MiB of memory of a task; 512 when left out', { placeholder: 'N', key: 'infra.memory' }),
  architecture: input.choice('That of the image; X86_64 when left out', ['X86_64', 'ARM64'], {
    key: 'infra.architecture',
  }),
  'min-tasks': input.integer('Tasks at least; 1 when left out', { placeholder: 'N', key: 'infra.min-tasks' }),
  'max-tasks': input.integer('Tasks at most; 4 when left out', { placeholder: 'N', key: 'infra.max-tasks' }),
  vpc: input.string('VPC; the default one of the account when left out', { placeholder: 'ID', key: 'infra.vpc' }),
  subnet: input.list('Public subnet of that VPC, in two zones at least', { placeholder: 'ID', key: 'infra.subnet' }),
  'private-subnet': input.list('Private subnet for the tasks, with a way out', {
    placeholder: 'ID',
    key: 'infra.private-subnet',
  }),
  certificate: input.string('Certificate of ACM; with one, HTTP is redirected to HTTPS', {
    placeholder: 'ARN',
    key: 'infra.certificate',
  }),
  variable: input.pairs('Variable of the container; no secrets', { placeholder: 'K=V', key: 'infra.variable' }),
  secret: input.pairs('Variable of the container whose value is a secret of SSM or Secrets Manager', {
    placeholder: 'K=ARN',
    key: 'infra.secret',
  }),
  'permissions-boundary': input.string('Policy that the roles of the service are bounded by', {
    placeholder: 'ARN',
    key: 'infra.permissions-boundary',
  }),
  tag: input.pairs('Tag of all that is made', { placeholder: 'K=V', key: 'infra.tag' }),
};

export const lockTimeoutInput = {
  'lock-timeout': input.duration('How long to wait for a held lock', {
    placeholder: 'DURATION',
    default: 0,
    key: 'infra.lock-timeout',
  }),
};
