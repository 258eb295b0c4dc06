import type { Rollout } from './rollout.js';

type Json = Readonly<Record<string, unknown>>;

export const IMAGES = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/web';
export const FORMER_IMAGE = `${IMAGES}@sha256:${'0a'.repeat(32)}`;
export const OUR_IMAGE = `${IMAGES}@sha256:${'1b'.repeat(32)}`;

/** The definition that a tool registers for a rollout: one container with logs, and a health check where it has one. */
export function definitionFor(rollout: Pick<Rollout, 'service'>, image = OUR_IMAGE): Json {
  const isChecked = rollout.service?.checks?.includes('container');
  return {
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    executionRoleArn: 'arn:aws:iam::111122223333:role/web-execution',
    containerDefinitions: [
      {
        name: 'web',
        image,
        essential: true,
        portMappings: [{ containerPort: 8080 }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': '/ecs/web', 'awslogs-region': 'eu-central-1', 'awslogs-stream-prefix': 'web' },
        },
        ...(isChecked && { healthCheck: { command: ['CMD-SHELL', 'curl -f http://localhost:8080/ || exit 1'] } }),
      },
      ...(rollout.service?.sidecar ? [sidecar(rollout.service.sidecar === 'essential')] : []),
    ],
  };
}

function sidecar(essential: boolean): Json {
  return { name: 'proxy', image: `${IMAGES}-proxy@sha256:${'3d'.repeat(32)}`, essential };
}
