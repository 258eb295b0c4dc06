import type { Sandbox } from '../sandbox/start.js';

/** A service as Terraform would have made it: Fargate, one task, one container `web`, its logs in CloudWatch. */
export async function makeSandboxService(
  sandbox: Sandbox,
  service: { readonly name: string; readonly image: string; readonly circuitBreaker?: boolean },
): Promise<void> {
  const { name, image, circuitBreaker = false } = service;
  await sandbox.call('ecs', 'RegisterTaskDefinition', {
    family: name,
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: `arn:aws:iam::${sandbox.accountId}:role/${name}-execution`,
    cpu: '256',
    memory: '512',
    containerDefinitions: [
      {
        name: 'web',
        image,
        portMappings: [{ containerPort: 3000 }],
        stopTimeout: 10,
        logConfiguration: {
          logDriver: 'awslogs',
          options: {
            'awslogs-group': `/ecs/${name}`,
            'awslogs-region': sandbox.region,
            'awslogs-stream-prefix': 'web',
          },
        },
      },
    ],
  });
  await sandbox.call('ecs', 'CreateService', {
    serviceName: name,
    taskDefinition: name,
    desiredCount: 1,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'] } },
    ...(circuitBreaker && {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    }),
  });
}
