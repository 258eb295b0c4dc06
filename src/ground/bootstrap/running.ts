import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { lastName, parseArn } from '../../aws/arn.js';
import { isAwsFailure } from '../../aws/failure.js';
import type { Context } from '../../base/context.js';
import { parseShape } from '../../base/json.js';
import { say } from '../../base/tell/report.js';
import type { NamedService } from '../../cloud/policy-names.js';

/** What a service uses that the one who deploys it must be allowed. */
export interface Running {
  /** All of them are ARNs. */
  readonly taskRoles: readonly string[];
  readonly families: readonly string[];
  readonly logGroups: readonly string[];
}

const services = v.looseObject({
  services: v.optional(
    v.array(v.looseObject({ status: v.optional(v.string()), taskDefinition: v.optional(v.string()) })),
    [],
  ),
});
const definition = v.looseObject({
  taskDefinition: v.looseObject({
    family: v.string(),
    taskRoleArn: v.optional(v.nullable(v.string())),
    executionRoleArn: v.optional(v.nullable(v.string())),
    containerDefinitions: v.optional(
      v.array(
        v.looseObject({
          logConfiguration: v.optional(
            v.nullable(v.looseObject({ options: v.optional(v.nullable(v.record(v.string(), v.string()))) })),
          ),
        }),
      ),
      [],
    ),
  }),
});

/** By its name, and by what runs when it is there already. */
export async function readRunning(
  aws: AwsSession,
  service: NamedService,
  {
    account,
    partition,
    context,
  }: { readonly account: string; readonly partition: string; readonly context: Pick<Context, 'report'> },
): Promise<Running> {
  const role = (name: string) => `arn:${partition}:iam::${account}:role/${name}`;
  const { region } = service;
  const family = (name: string) => `arn:${partition}:ecs:${region}:${account}:task-definition/${name}:*`;
  const logGroup = (name: string) => `arn:${partition}:logs:${region}:${account}:log-group:${name}:*`;
  const byName: Running = {
    taskRoles: [role(`${service.service}-exec`), role(`${service.service}-task`)],
    families: [family(service.service)],
    logGroups: [logGroup(`/ecs/${service.service}`)],
  };
  const found = await readDefinition(aws, service, context);
  if (found === undefined) return byName;
  const roles = [found.taskRoleArn, found.executionRoleArn].filter((arn) => typeof arn === 'string');
  const groups = found.containerDefinitions.flatMap(
    ({ logConfiguration }) => logConfiguration?.options?.['awslogs-group'] ?? [],
  );
  return {
    taskRoles: roles.map((text) => (parseArn(text) ? text : role(text))),
    families: [family(found.family)],
    logGroups: groups.length > 0 ? [...new Set(groups)].map(logGroup) : byName.logGroups,
  };
}

async function readDefinition(
  aws: AwsSession,
  { cluster, service, region }: NamedService,
  context: Pick<Context, 'report'>,
) {
  const ecs = aws.api('ecs', { region });
  try {
    const answer = await ecs.call('DescribeServices', { cluster, services: [service] });
    const [one] = parseShape(services, answer, 'answer of ecs DescribeServices').services;
    if (one?.taskDefinition === undefined || one.status === 'INACTIVE') return undefined;
    const described = await ecs.call('DescribeTaskDefinition', { taskDefinition: one.taskDefinition });
    return parseShape(definition, described, `task definition ${lastName(one.taskDefinition)}`).taskDefinition;
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    if (!isAwsFailure(error, 'denied')) throw error;
    say(
      context.report,
      'warning',
      `${error.message}: the roles of ${service} are taken to be ${service}-exec and ${service}-task`,
      error.hint,
    );
    return undefined;
  }
}
