import type { Cause } from './explain.js';

export interface StopRule {
  readonly matches: RegExp;
  readonly class: Cause['class'];
  /** So many tasks must die of it before the deployment is called failed. */
  readonly failAfter: number;
  /** Tasks that run well speak against it: then the deployment is left to ECS. */
  readonly refutable?: boolean;
  readonly hint: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html, most telling first. */
const stopRules: readonly StopRule[] = [
  {
    matches:
      /CannotPull.*(i\/o timeout|timeout exceeded|deadline exceeded|connection re(set|fused)|toomanyrequests|\b429\b|rate (limit|exceeded))/is,
    class: 'network',
    failAfter: 3,
    hint: 'Give the subnets a way to the registry: a NAT gateway, public addresses, or VPC endpoints for ECR and S3.',
  },
  {
    matches:
      /CannotPull.*(descriptor matching platform|specified platform|no matching manifest|unsupported architecture)/is,
    class: 'image',
    failAfter: 1,
    hint: 'Build the image for the platform of the task: compare --platform with runtimePlatform of the task definition.',
  },
  {
    matches: /CannotPull.*(not found|does not exist|manifest unknown)/is,
    class: 'image',
    failAfter: 1,
    hint: 'Push the image first, or check repository, region and lifecycle rules.',
  },
  {
    matches: /CannotPull.*(denied|forbidden|\b403\b|no basic auth|not authorized|unauthorized)/is,
    class: 'image',
    failAfter: 1,
    hint: 'Allow the execution role to pull: ecr:GetAuthorizationToken, BatchGetImage, GetDownloadUrlForLayer.',
  },
  {
    matches: /CannotPull/i,
    class: 'image',
    failAfter: 2,
    hint: 'Check the image reference and the way to the registry.',
  },
  {
    matches:
      /ResourceInitializationError.*(i\/o timeout|deadline exceeded|context canceled|connection (issue|refused|reset|timed out))/is,
    class: 'network',
    failAfter: 3,
    hint: 'Give the subnets a way to Secrets Manager, SSM or CloudWatch Logs: a NAT gateway or VPC endpoints.',
  },
  {
    matches: /ResourceInitializationError.*(log ?group|validate logger|awslogs|create log)/is,
    class: 'start',
    failAfter: 1,
    hint: 'Create the log group, or set awslogs-create-group and allow the execution role logs:CreateLogGroup.',
  },
  {
    matches: /ResourceInitializationError.*(secret|ssm|parameter|AccessDenied)/is,
    class: 'secrets',
    failAfter: 1,
    hint: 'Check that the secret exists and that the execution role may read it (secretsmanager:GetSecretValue, ssm:GetParameters, kms:Decrypt).',
  },
  {
    matches: /ResourceInitializationError/i,
    class: 'start',
    failAfter: 1,
    hint: 'Check what the task mounts and reads before it starts: secrets, logs, file systems.',
  },
  {
    matches: /Cannot(Start|Create|Inspect)ContainerError|ContainerRuntime(Timeout)?Error|CannotCreateVolumeError/i,
    class: 'start',
    failAfter: 1,
    hint: 'Check entrypoint, command, user and working directory of the container.',
  },
  {
    matches: /OutOfMemory|memory usage/i,
    class: 'memory',
    failAfter: 1,
    refutable: true,
    hint: 'Give the task more memory, or let the program use less (Node: --max-old-space-size).',
  },
  {
    matches: /failed ELB health checks/i,
    class: 'health',
    failAfter: 2,
    hint: 'Check path, port and expected status of the target group, and healthCheckGracePeriodSeconds for a slow start.',
  },
  {
    matches: /failed container health checks/i,
    class: 'health',
    failAfter: 2,
    hint: 'Run the health check by hand in the image; give a slow start a longer startPeriod.',
  },
];

/** The rule for a reason. Names of others stand in it, as a secret called `connection`: they tell nothing. */
export function ruleFor(reason: string): StopRule | undefined {
  const words = reason.replace(/arn:\S+|\S*@?sha256:[0-9a-f]+|\S+\/\S+:[\w.-]+(?=[\s:]|$)/g, '…');
  return stopRules.find((rule) => rule.matches.test(words));
}
