import type { Context } from '../../base/context.js';
import type { InputIssue } from '../../base/errors.js';
import { InputError } from '../../base/errors.js';
import { applyInfra } from './apply.js';
import type { InfraRequest } from './request.js';

/** A service of a release as it is asked for. */
export interface AskedService {
  readonly name: string;
  /** As ECS calls it. */
  readonly service: string;
  readonly region: string | undefined;
  readonly images: readonly unknown[];
  readonly env: readonly unknown[];
  readonly taskDefinition: string | undefined;
  readonly desiredCount: number | undefined;
  readonly where: (field?: string) => string;
}

/** The same with images that are known by their digests. */
interface Order {
  readonly images: readonly { readonly change: { readonly image: string } }[];
}

/**
 * Deploys through Terraform, where it owns the task definition: the stack `service` is applied with the new image. All
 * that the stack cannot do, or says elsewhere, is refused before anything is made.
 */
export function putInByTerraform(
  request: InfraRequest,
  services: readonly AskedService[],
  options: { readonly lockTimeout: number },
  context: Context,
): (order: Order, run: { readonly dryRun: boolean }) => Promise<void> {
  refuseWhatTheStackSays(services);
  return async ({ images }, { dryRun }) => {
    const image = images[0]?.change.image;
    // New tasks of what runs: the definition stays as it is.
    if (image === undefined) return;
    await applyInfra(request, { image, isPinned: true, lockTimeout: options.lockTimeout, dryRun }, context);
  };
}

function refuseWhatTheStackSays(services: readonly AskedService[]): void {
  const issues: InputIssue[] = [];
  const [first, second] = services;
  if (second) {
    issues.push({
      where: second.where(),
      message: 'is a second service, and with infra.owner terraform one stack has one',
      hint: 'Deploy one alone with --only, each with an infra.name of its own.',
    });
  }
  if (first) {
    const { where, images, taskDefinition, env, desiredCount } = first;
    const refuse = (field: string, instead: string) =>
      issues.push({
        where: where(field),
        message: 'says nothing where Terraform owns the task definition (infra.owner)',
        hint: instead,
      });
    if (images.length > 1) {
      issues.push({
        where: where('image'),
        message: `has ${images.length} images, and the stack service takes one`,
        hint: 'Name one image, or let the deployer own the task definition: infra.owner deployer.',
      });
    }
    if (taskDefinition !== undefined) refuse('taskDefinition', 'Change it in infra/service/main.tf.');
    if (env.length > 0) refuse('env', 'Put it under infra.variable.');
    if (desiredCount !== undefined) refuse('desiredCount', 'Say infra.min-tasks and infra.max-tasks.');
  }
  if (issues.length > 0) throw new InputError(issues);
}
