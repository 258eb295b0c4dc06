import { AwsFault } from '../../../service.js';
import { compatibilities } from '../../definition/capabilities.js';
import { findCluster } from '../../state/find.js';
import type { Definition, Input } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { listOf } from '../../state/state.js';
import { checkStrategy } from '../clusters/capacity-providers.js';
import { checkConfiguration } from './configuration-checks.js';
import { invalid } from '../invalid.js';

/** Throws what CreateService and UpdateService say of a service that there cannot be. `input` is all that it is to be. */
export function checkService(state: EcsState, input: Input, definition: Definition): void {
  checkPlacement(state, input, definition);
  checkNetwork(input, definition);
  checkBalancers(input, definition);
  checkConfiguration(input);
  checkDaemon(input);
}

/** Of CreateService, UpdateService and RunTask: where tasks are to run. */
export function checkPlacement(state: EcsState, input: Input, definition: Definition): void {
  const strategy = listOf(input.capacityProviderStrategy) as Input[];
  if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined && strategy.length > 0)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  checkStrategy(strategy, findCluster(state, input.cluster)?.capacityProviders ?? []);
  const { launchType, platformVersion } = input as { launchType?: string; platformVersion?: string };
  const fargate = launchType === 'FARGATE' || strategy.some((item) => /^FARGATE/.test(String(item.capacityProvider)));
  const fits = compatibilities(definition).includes('FARGATE');
  if (fargate && !fits) throw invalid('Task definition does not support launch_type FARGATE.');
  if (platformVersion !== undefined && launchType === 'EC2')
    throw invalid('The platform version must be null when specifying an EC2 launch type.');
  if (platformVersion !== undefined && !/^(LATEST|1\.[0-4]\.0)$/.test(platformVersion))
    throw new AwsFault('PlatformUnknownException', 'The specified platform does not exist.');
  if (listOf(input.placementConstraints).length > 10) throw invalid('Placement constraints can have at most 10 items.');
  if (listOf(input.placementStrategy).length > 5) throw invalid('Placement strategies can have at most 5 items.');
  if (fargate && listOf(input.placementStrategy).length > 0)
    throw invalid('Placement strategies are not supported with FARGATE launch type.');
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html */
export function checkNetwork(input: Input, definition: Definition): void {
  const network = (input.networkConfiguration as { awsvpcConfiguration?: Input } | undefined)?.awsvpcConfiguration;
  const awsvpc = definition.networkMode === 'awsvpc';
  if (awsvpc && !network)
    throw invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (!awsvpc && network)
    throw invalid('Network Configuration is not valid for the given networkMode of this task definition.');
  if (!network) return;
  const subnets = listOf(network.subnets);
  if (subnets.length === 0) throw invalid('subnets can not be empty.');
  if (subnets.length > 16) throw invalid('subnets can have at most 16 items.');
  if (listOf(network.securityGroups).length > 5) throw invalid('securityGroups can have at most 5 items.');
  if (network.assignPublicIp === 'ENABLED' && input.launchType === 'EC2')
    throw invalid('Assign public IP is not supported for this launch type.');
}

function checkBalancers(input: Input, definition: Definition): void {
  const balancers = listOf(input.loadBalancers) as {
    targetGroupArn?: string;
    loadBalancerName?: string;
    containerName?: string;
    containerPort?: number;
  }[];
  for (const { targetGroupArn, loadBalancerName, containerName = '', containerPort } of balancers) {
    if (targetGroupArn !== undefined && loadBalancerName !== undefined)
      throw invalid('targetGroupArn and loadBalancerName cannot both be specified.');
    const container = definition.containerDefinitions.find((one) => one.name === containerName);
    if (!container) throw invalid(`The container ${containerName} does not exist in the task definition.`);
    const ports = (listOf(container.portMappings) as Input[]).map((mapping) => mapping.containerPort);
    if (!ports.includes(containerPort))
      throw invalid(`The container ${containerName} did not have a container port ${containerPort} defined.`);
  }
  if (
    input.healthCheckGracePeriodSeconds !== undefined &&
    Number(input.healthCheckGracePeriodSeconds) > 0 &&
    balancers.length === 0
  )
    throw invalid('Health check grace period is only valid for services configured to use load balancers');
}

function checkDaemon(input: Input): void {
  if (input.schedulingStrategy !== 'DAEMON') return;
  if (listOf(input.capacityProviderStrategy).length > 0)
    throw invalid(
      'Specifying a capacity provider strategy is not supported when you create a service using the DAEMON scheduling strategy.',
    );
  if (input.launchType === 'FARGATE')
    throw invalid('The daemon scheduling strategy is not supported for the FARGATE launch type.');
  if (((input.deploymentController as Input | undefined)?.type ?? 'ECS') !== 'ECS')
    throw invalid('The daemon scheduling strategy is only supported with the ECS deployment controller.');
}

/** A count that only REPLICA has. */
export function checkCount(input: Input, scheduling: unknown): void {
  if (input.desiredCount === undefined) return;
  if (scheduling === 'DAEMON')
    throw invalid(
      'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
    );
  const count = Number(input.desiredCount);
  if (!Number.isInteger(count) || count < 0) throw invalid('desiredCount must be an integer of 0 or more.');
}
