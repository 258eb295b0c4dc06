import type { Input } from '../state/records.js';
import { listOf } from '../state/state.js';
import { checkContainers } from './check-containers.js';
import { refusal } from './refusal.js';
import { isFargateSize } from './sizes.js';

const NETWORK_MODES = new Set(['bridge', 'host', 'awsvpc', 'none']);

/** Throws what RegisterTaskDefinition says of a definition that it does not take. `cpu` and `memory` are units and MiB. */
export function checkDefinition(input: Input): void {
  const { family, networkMode, containerDefinitions } = input;
  if (typeof family !== 'string' || family === '') throw refusal('Family should not be blank.');
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(family)) throw refusal('Family contains invalid characters.');
  if (!Array.isArray(containerDefinitions) || containerDefinitions.length === 0)
    throw refusal('Container list cannot be empty.');
  if (networkMode !== undefined && !NETWORK_MODES.has(String(networkMode)))
    throw refusal(`Invalid networkMode '${String(networkMode)}'.`);
  const fargate = listOf(input.requiresCompatibilities).includes('FARGATE');
  if (fargate) checkFargate(input);
  checkContainers(input);
  if (fargate) checkFargateVolumes(input);
  if (listOf(input.placementConstraints).length > 10) throw refusal('Placement constraints can have at most 10 items.');
}

function checkFargate(input: Input): void {
  if (input.networkMode !== 'awsvpc') throw refusal('Fargate only supports network mode ‘awsvpc’.');
  for (const setting of ['cpu', 'memory'] as const)
    if (input[setting] === undefined) throw refusal(`Fargate requires that '${setting}' be defined at the task level.`);
  const { cpu, memory } = input as { cpu: string; memory: string };
  if (!isFargateSize(cpu, memory))
    throw refusal(
      `No Fargate configuration exists for given values: ${cpu} CPU, ${memory} memory. See the Amazon ECS documentation for the valid values.`,
    );
  if (listOf(input.placementConstraints).length > 0)
    throw refusal('Fargate task definitions do not support placement constraints.');
}

function checkFargateVolumes(input: Input): void {
  for (const volume of listOf(input.volumes) as Input[]) {
    if ((volume.host as Input | undefined)?.sourcePath !== undefined)
      throw refusal('host.sourcePath should not be set for volumes in Fargate.');
    if (volume.dockerVolumeConfiguration !== undefined)
      throw refusal('Docker volume configurations are not supported in Fargate.');
  }
}
