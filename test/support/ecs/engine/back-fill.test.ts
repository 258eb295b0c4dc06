import { expect, test } from 'vitest';
import { backFill } from './back-fill.js';

const container = { name: 'web', image: 'web:1' };

test.each([
  [
    'lists, sizes and what is essential',
    {},
    {
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      portMappings: [],
    },
  ],
  [
    'the numbers of a health check',
    { healthCheck: { command: ['CMD', 'true'], retries: 5 } },
    { healthCheck: { command: ['CMD', 'true'], interval: 30, timeout: 5, retries: 5 } },
  ],
  [
    'the host port',
    { portMappings: [{ containerPort: 80 }] },
    { portMappings: [{ containerPort: 80, hostPort: 80, protocol: 'tcp' }] },
  ],
  [
    'nothing that was said',
    { cpu: 64, essential: false, portMappings: [{ containerPort: 53, hostPort: 53, protocol: 'udp' }] },
    { cpu: 64, essential: false, portMappings: [{ containerPort: 53, hostPort: 53, protocol: 'udp' }] },
  ],
])('ECS fills in %s', (_, given, filled) => {
  const body = backFill({ family: 'web', networkMode: 'awsvpc', containerDefinitions: [{ ...container, ...given }] });
  expect((body.containerDefinitions as object[])[0]).toMatchObject(filled);
});

test('a port of the host is drawn in bridge mode', () => {
  const body = backFill({
    family: 'web',
    containerDefinitions: [{ ...container, portMappings: [{ containerPort: 80 }] }],
  });
  expect(body.containerDefinitions).toMatchObject([{ portMappings: [{ hostPort: 0 }] }]);
});

test('volumes have a root and sizes are in units', () => {
  const volumes = [{ name: 'efs', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }, { name: 'scratch' }];
  const body = backFill({ family: 'web', cpu: '.5 vCPU', memory: '1 GB', volumes, containerDefinitions: [container] });
  expect(body).toMatchObject({
    cpu: '512',
    memory: '1024',
    volumes: [{ efsVolumeConfiguration: { rootDirectory: '/' } }, { host: {} }],
    placementConstraints: [],
  });
});
