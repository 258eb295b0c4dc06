import type { Definition, Input } from '../state/records.js';
import { listOf } from '../state/state.js';
import { isFargateSize } from './sizes.js';

const AWS = 'com.amazonaws.ecs.capability';
const DOCKER = `${AWS}.docker-remote-api`;

/** What a container instance must be able to do for it; ECS works it out. */
export function requiredAttributes(definition: Definition): { readonly name: string }[] {
  const { executionRoleArn, taskRoleArn, networkMode, containerDefinitions: containers } = definition;
  const names = new Set([`${DOCKER}.1.18`]);
  const need = (wanted: boolean, ...more: string[]) => wanted && more.forEach((name) => names.add(name));
  const some = (test: (container: Input) => boolean) => containers.some(test);
  const driver = (container: Input) => (container.logConfiguration as Input | undefined)?.logDriver;
  const secret = (test: RegExp) =>
    some(({ secrets }) => (listOf(secrets) as Input[]).some(({ valueFrom }) => test.test(String(valueFrom))));

  for (const container of containers)
    need(driver(container) !== undefined, `${AWS}.logging-driver.${String(driver(container))}`);
  need(
    some((one) => driver(one) === 'awslogs'),
    `${DOCKER}.1.19`,
  );
  need(some((one) => driver(one) === 'awslogs') && !!executionRoleArn, 'ecs.capability.execution-role-awslogs');
  const ecr = some(({ image }) => /^\d{12}\.dkr[.-]ecr\./.test(String(image)));
  need(ecr, `${AWS}.ecr-auth`, `${DOCKER}.1.19`);
  need(ecr && !!executionRoleArn, 'ecs.capability.execution-role-ecr-pull');
  need(
    some((one) => one.memoryReservation !== undefined),
    `${DOCKER}.1.21`,
  );
  need(
    some((one) => one.healthCheck !== undefined),
    'ecs.capability.container-health-check',
    `${DOCKER}.1.29`,
  );
  need(
    some((one) => listOf(one.dependsOn).length > 0),
    'ecs.capability.container-ordering',
  );
  need(secret(/:secretsmanager:/), 'ecs.capability.secrets.asm.environment-variables');
  need(secret(/^(?!.*:secretsmanager:)/), 'ecs.capability.secrets.ssm.environment-variables');
  need(!!taskRoleArn, `${AWS}.task-iam-role`);
  need(networkMode === 'awsvpc', 'ecs.capability.task-eni');
  const efs = (listOf(definition.volumes) as Input[]).some((volume) => volume.efsVolumeConfiguration !== undefined);
  need(efs, 'ecs.capability.efs', `${DOCKER}.1.25`);
  return [...names].map((name) => ({ name }));
}

/** Launch types that could run it, whatever it requires. */
export function compatibilities(definition: Definition): string[] {
  const { networkMode, cpu, memory } = definition as Definition & { cpu?: string; memory?: string };
  const fargate = networkMode === 'awsvpc' && isFargateSize(cpu, memory);
  if (fargate) return ['EC2', 'FARGATE'];
  return networkMode === 'awsvpc' ? ['EC2'] : ['EXTERNAL', 'EC2'];
}
