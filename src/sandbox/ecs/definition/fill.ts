import type { Input } from '../state/records.js';
import { clean, listOf } from '../state/state.js';

/** A definition with what ECS fills in by itself: what is registered is not what is described. */
export function fillDefinition(input: Input): Record<string, unknown> {
  const { tags: _tags, ...asked } = input;
  const networkMode = (input.networkMode as string | undefined) ?? 'bridge';
  return clean({
    ...asked,
    containerDefinitions: (input.containerDefinitions as readonly Input[]).map((container) =>
      fillContainer(container, networkMode),
    ),
    networkMode,
    volumes: (listOf(input.volumes) as Input[]).map(fillVolume),
    placementConstraints: listOf(input.placementConstraints),
    enableFaultInjection: input.enableFaultInjection ?? false,
  });
}

function fillContainer(container: Input, networkMode: string): Record<string, unknown> {
  const { healthCheck, logConfiguration } = container as { healthCheck?: Input; logConfiguration?: Input };
  const ports = listOf(container.portMappings) as readonly { containerPort?: number; hostPort?: number }[];
  return clean({
    cpu: 0,
    essential: true,
    environment: [],
    mountPoints: [],
    volumesFrom: [],
    systemControls: [],
    ...container,
    portMappings: ports.map((port) => ({
      protocol: 'tcp',
      ...port,
      ...('containerPortRange' in port ? {} : { hostPort: hostPort(port, networkMode) }),
    })),
    healthCheck: healthCheck && { interval: 30, timeout: 5, retries: 3, startPeriod: 0, ...healthCheck },
    logConfiguration: logConfiguration && { options: {}, secretOptions: [], ...logConfiguration },
  });
}

function hostPort(port: { readonly containerPort?: number; readonly hostPort?: number }, networkMode: string): number {
  if (networkMode === 'bridge') return port.hostPort ?? 0;
  return port.containerPort ?? 0;
}

function fillVolume(volume: Input): Record<string, unknown> {
  const { efsVolumeConfiguration: efs } = volume as { efsVolumeConfiguration?: Input };
  if (efs) return { ...volume, efsVolumeConfiguration: { rootDirectory: '/', ...efs } };
  const elsewhere = Object.keys(volume).some((name) => name.endsWith('Configuration') || name === 'configuredAtLaunch');
  return elsewhere ? { ...volume } : { host: {}, ...volume };
}
