import type { Command } from '../base/declare/command.js';
import type { Inputs } from '../base/declare/input.js';

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** Loading code is time: only the verb that runs is loaded. */
  readonly load: () => Promise<Command<Inputs, unknown>>;
}

/** A verb as the doors see it: its inputs and result are known to itself alone. */
function entry(name: string, summary: string, load: () => Promise<unknown>): CommandEntry {
  return { name, summary, load: load as CommandEntry['load'] };
}

export const commandTable: readonly CommandEntry[] = [
  entry('ship', 'Build, push and deploy, as lading.yml says', async () => (await import('./ship.js')).ship),
  entry('build', 'Make an image from the working tree, without Docker', async () => (await import('./build.js')).build),
  entry('push', 'Send an image to a registry', async () => (await import('./push.js')).push),
  entry(
    'deploy',
    'Deploy an image to an ECS service, and say how it went',
    async () => (await import('./deploy.js')).deploy,
  ),
  entry(
    'render',
    'Make a task definition of another one, with other images and settings',
    async () => (await import('./render.js')).render,
  ),
  entry('run', 'Run a task once, and end with its exit code', async () => (await import('./run.js')).run),
  entry('status', 'Show what a service runs', async () => (await import('./status.js')).status),
  entry(
    'rollback',
    'Go back to the last revision that was successful',
    async () => (await import('./rollback.js')).rollback,
  ),
  entry(
    'doctor',
    'Look at everything that a release needs, and say what is wrong',
    async () => (await import('./doctor.js')).doctor,
  ),
  entry('logs', 'Show the log lines of a service', async () => (await import('./logs.js')).logs),
  entry(
    'bootstrap',
    'Make what a pipeline stands on in an AWS account: state bucket, sign-in, roles',
    async () => (await import('./bootstrap.js')).bootstrap,
  ),
  entry(
    'secret set',
    'Keep a value for the containers of a service',
    async () => (await import('./secret.js')).secretSet,
  ),
  entry('secret list', 'Show which secrets a service has', async () => (await import('./secret.js')).secretList),
  entry('secret rm', 'Take a secret away', async () => (await import('./secret.js')).secretRemove),
  entry(
    'infra init',
    'Write a stack of Terraform to own, and connect it with its state',
    async () => (await import('./infra.js')).infraInit,
  ),
  entry('infra plan', 'Say what an apply of a stack would do', async () => (await import('./infra.js')).infraPlan),
  entry('infra apply', 'Plan a stack, and apply that plan', async () => (await import('./infra.js')).infraApply),
  entry(
    'infra output',
    'Tell what a stack hands on to later jobs',
    async () => (await import('./infra.js')).infraOutput,
  ),
  entry('infra destroy', 'Take away all that a stack has made', async () => (await import('./infra.js')).infraDestroy),
  entry(
    'infra unlock',
    'Free the lock of a state whose holder is dead',
    async () => (await import('./infra.js')).infraUnlock,
  ),
  entry(
    'init',
    'Write lading.yml and a workflow for the app of this folder',
    async () => (await import('./init.js')).init,
  ),
  entry(
    'credentials',
    'Get AWS credentials, and prove them before they are used',
    async () => (await import('./credentials.js')).credentials,
  ),
  entry('login', 'Log in to ECR, for Docker, podman and their kind', async () => (await import('./login.js')).login),
  entry('logout', 'Take logins of ECR out of their files', async () => (await import('./logout.js')).logout),
  entry(
    'init ship',
    'Write the workflow that ships each commit',
    async () => (await import('./init-ship.js')).initShip,
  ),
  entry(
    'init rollback',
    'Write the workflow by which a person goes back',
    async () => (await import('./init-rollback.js')).initRollback,
  ),
  entry(
    'init dockerfile',
    'Write a Dockerfile for the app of this folder',
    async () => (await import('./init-dockerfile.js')).initDockerfile,
  ),
  entry(
    'init rotate',
    'Write the workflows that keep an ECR password fresh',
    async () => (await import('./init-rotate.js')).initRotate,
  ),
  entry(
    'promote',
    'Put the very same image into other repositories',
    async () => (await import('./promote.js')).promote,
  ),
  entry('rotate', 'Put fresh ECR passwords into GitHub secrets', async () => (await import('./rotate.js')).rotate),
  entry(
    'sandbox',
    'Run ECR, ECS, STS, CloudWatch Logs and GitHub on this computer',
    async () => (await import('./sandbox.js')).sandbox,
  ),
  entry('demo', 'Show the whole journey with a real app on a sandbox', async () => (await import('./demo.js')).demo),
];
