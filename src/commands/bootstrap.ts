import { defineCommand } from '../base/declare/command.js';
import type { Context } from '../base/context.js';
import type { Origins } from '../base/declare/origin.js';
import type { ValuesOf } from '../base/declare/input.js';
import type { ReleaseParts } from '../ground/bootstrap/foundation.js';
import type { BootstrapResult } from '../ground/bootstrap/result.js';
import { bootstrapInputs } from './inputs/bootstrap.js';
import { gitHubInputs } from './inputs/github.js';
import { bootstrapNeeds } from './needs/bootstrap.js';

const inputs = { ...bootstrapInputs, ...gitHubInputs };

export const bootstrap = defineCommand({
  name: 'bootstrap',
  summary:
    'Makes what a pipeline stands on in an AWS account: state bucket, sign-in by OIDC, roles with least policies',
  description:
    'Once per account and repository, by a person. It shows a plan and makes it true; a second run finds nothing to do, ' +
    'mends what was changed since, and goes on where a run was cut. What is there already, a bucket, a table, a ' +
    'provider, is used and never taken away.\n\nFive roles: `build` pushes images and cannot deploy, `deploy` deploys ' +
    'and cannot push, `infra-plan` reads, `infra-apply` changes the stacks under a boundary, `rotate` logs in and ' +
    'pulls. Their policies are made from what each verb needs, with your names. Only jobs of this repository may ' +
    'assume them, by its name and its id: `deploy` and `infra-apply` in an environment, `build` and `rotate` on the ' +
    'branch, `infra-plan` for pull requests, too.\n\nWith a token of GitHub (`GH_TOKEN`) the ARNs become variables of ' +
    'the repository.',
  inputs,
  needs: { aws: bootstrapNeeds },
  examples: [
    { command: 'lading bootstrap --dry-run', about: 'What would be made' },
    { command: 'lading bootstrap --repository acme/shop --lock dynamodb', about: 'With a table for the lock' },
    {
      command: 'lading bootstrap --environment staging --github-environment staging',
      about: 'For another environment of lading.yml',
    },
    { command: 'lading bootstrap --destroy --confirm shop', about: 'Takes away what it made' },
  ],
  async run(values, context, origins): Promise<BootstrapResult> {
    const { parseBootstrap } = await import('../ground/bootstrap/request.js');
    const { runBootstrap } = await import('../ground/bootstrap/run.js');
    const { readOrigin } = await import('../github/origin.js');
    const { policyFor } = await import('./needs/policy.js');
    const { roleNeeds } = await import('./needs/roles.js');
    const { env, cwd, environment } = context;
    const request = parseBootstrap(values, { env, environment, origin: await readOrigin(cwd) }, origins);
    return runBootstrap(
      request,
      {
        parts: await readParts(values, request.name, context, origins),
        policies: (names) => ({
          build: policyFor(roleNeeds.build, names),
          deploy: policyFor(roleNeeds.deploy, names),
          'infra-plan': policyFor(roleNeeds['infra-plan'], names),
          'infra-apply': policyFor(roleNeeds['infra-apply'], names),
          rotate: policyFor(roleNeeds.rotate, names),
        }),
        gitHub: values,
      },
      context,
    );
  },
  text({ outcome, items, variables, stored, account }) {
    const words = {
      planned: 'would be made so',
      applied: 'is made so',
      unchanged: 'unchanged',
      destroyed: 'is taken away',
    } as const;
    const lines = items.flatMap(({ kind, name, action, note }) => [
      `${action.padEnd(9)}  ${kind.padEnd(8)}  ${name}${note === undefined ? '' : `  (${note})`}`,
    ]);
    const told = stored ? ` (${[...new Set(stored.map(({ action }) => action))].join(', ')} at GitHub)` : '';
    return [
      ...lines,
      '',
      `account ${account}: ${words[outcome]}${told}`,
      ...(outcome === 'destroyed' ? [] : Object.entries(variables).map(([name, value]) => `${name}=${value}`)),
    ].join('\n');
  },
});

/** What `lading.yml` says of services and images; the names of the stacks where it says nothing. */
async function readParts(
  values: ValuesOf<typeof inputs>,
  name: string,
  { env }: Pick<Context, 'env'>,
  origins: Origins,
): Promise<ReleaseParts> {
  const { planServices, planTargets } = await import('../release/plan-release.js');
  const { ecrAccount, ecrRegion, isEcrHost } = await import('../aws/ecr.js');
  const hasServices = values.service !== undefined || values.services.length > 0;
  const hasTargets = values.to !== undefined || values.images.length > 0;
  const targets = hasTargets ? planTargets(values, origins).map(({ to }) => to) : [];
  const repositories = targets
    .filter(({ host }) => isEcrHost(host, env) && host !== 'public.ecr.aws')
    .map(({ host, repository }) => ({ account: ecrAccount(host), region: ecrRegion(host), name: repository }));
  const own = { account: undefined, region: undefined, name: values.ecrRepository ?? name };
  return {
    services: hasServices ? planServices(values, origins) : [{ region: undefined, cluster: name, service: name }],
    repositories: hasTargets && values.ecrRepository === undefined ? repositories : [...repositories, own],
  };
}
