import type { CauseClass, Certainty } from './cause.js';

export interface StopRule {
  readonly matches: RegExp;
  readonly class: CauseClass;
  readonly certainty: Certainty;
  readonly hint: string;
}

const PULL_ROLE =
  'Allow the execution role to pull: ecr:GetAuthorizationToken on *, ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository.';
const WAY_TO_REGISTRY =
  'Give the subnets a way to the registry: a NAT gateway, public addresses, or VPC endpoints for ECR and S3.';

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html and
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/resource-initialization-error.html, most telling first.
 */
const stopRules: readonly StopRule[] = [
  {
    matches: /CannotPull.*(toomanyrequests|too many requests|\b429\b|rate (limit|exceeded)|throttl)/is,
    class: 'network',
    certainty: 'passing',
    hint: 'The registry limits pulls: log in to it (repositoryCredentials), or pull through an ECR pull-through cache.',
  },
  {
    matches:
      /CannotPull.*(i\/o timeout|timeout exceeded|deadline exceeded|context canceled|connection (re(set|fused)|timed out)|no such host|TLS handshake|EOF|\b50[0234]\b)/is,
    class: 'network',
    certainty: 'likely',
    hint: WAY_TO_REGISTRY,
  },
  {
    matches:
      /CannotPull.*(descriptor matching platform|specified platform|no matching manifest|unsupported architecture|exec format)/is,
    class: 'image',
    certainty: 'certain',
    hint: 'Build the image for the platform of the task: compare --platform with runtimePlatform of the task definition.',
  },
  {
    matches: /CannotPull.*(not found|does not exist|manifest unknown|invalid reference|name unknown)/is,
    class: 'image',
    certainty: 'certain',
    hint: 'Push the image first, or check repository, region and lifecycle rules.',
  },
  {
    matches: /CannotPull.*(denied|forbidden|\b40[13]\b|no basic auth|not authorized|unauthorized)/is,
    class: 'image',
    certainty: 'certain',
    hint: PULL_ROLE,
  },
  {
    matches: /CannotPull.*no space left/is,
    class: 'image',
    certainty: 'likely',
    hint: 'The disk of the task is too small for the image: raise ephemeralStorage, or make the image smaller.',
  },
  {
    matches: /CannotPull/i,
    class: 'image',
    certainty: 'likely',
    hint: 'Check the image reference and the way to the registry.',
  },
  {
    matches: /InsufficientFreeAddresses|not (have )?enough free addresses|no free (ip )?addresses/i,
    class: 'network',
    certainty: 'likely',
    hint: 'The subnet has no free addresses: add a larger subnet to the service.',
  },
  {
    matches: /Timeout waiting for network interface|network interface prov|EniProvision|RequestLimitExceeded/i,
    class: 'network',
    certainty: 'passing',
    hint: 'AWS was slow to give the task its network interface: ECS tries again.',
  },
  {
    matches:
      /ResourceInitializationError.*(throttl|rate exceeded|too many requests|\b429\b|internal ?(server|service) ?error|InternalServiceError|ServiceUnavailable)/is,
    class: 'secrets',
    certainty: 'passing',
    hint: 'Secrets Manager or SSM limits requests: ECS tries again; start fewer tasks at a time if this goes on.',
  },
  {
    matches:
      /ResourceInitializationError.*(i\/o timeout|deadline exceeded|context canceled|no such host|connection (issue|refused|reset|timed out))/is,
    class: 'network',
    certainty: 'likely',
    hint: 'Give the subnets a way to Secrets Manager, SSM, ECR and CloudWatch Logs: a NAT gateway or VPC endpoints.',
  },
  {
    matches: /ResourceInitializationError.*(log ?group|validate logger|awslogs|create log)/is,
    class: 'start',
    certainty: 'certain',
    hint: 'Create the log group, or set awslogs-create-group and allow the execution role logs:CreateLogGroup.',
  },
  {
    matches: /ResourceInitializationError.*registry auth.*ecr:/is,
    class: 'image',
    certainty: 'certain',
    hint: PULL_ROLE,
  },
  {
    matches:
      /ResourceInitializationError.*(AccessDenied|not authorized|ResourceNotFound|can't find|invalid parameters?|did not contain|no value|retrieved secret|decrypt)/is,
    class: 'secrets',
    certainty: 'certain',
    hint: 'Check that the secret exists and that the execution role may read it (secretsmanager:GetSecretValue, ssm:GetParameters, kms:Decrypt).',
  },
  {
    matches: /ResourceInitializationError.*(efs|mount|volume|file system)/is,
    class: 'start',
    certainty: 'likely',
    hint: 'Check the file system: mount targets in the subnets, port 2049 in the security groups, access point and IAM.',
  },
  {
    matches: /ResourceInitializationError.*(secret|ssm|parameter)/is,
    class: 'secrets',
    certainty: 'likely',
    hint: 'Check that the secret exists and that the execution role may read it (secretsmanager:GetSecretValue, ssm:GetParameters, kms:Decrypt).',
  },
  {
    matches: /ResourceInitializationError/i,
    class: 'start',
    certainty: 'likely',
    hint: 'Check what the task mounts and reads before it starts: secrets, logs, file systems.',
  },
  {
    matches:
      /Cannot(Start|Create)ContainerError.*(not found|no such file|permission denied|exec format|unable to find user|invalid)/is,
    class: 'start',
    certainty: 'certain',
    hint: 'Check entrypoint, command, user and working directory of the container.',
  },
  {
    matches:
      /Cannot(Start|Create|Inspect|Stop)ContainerError|ContainerRuntime(Timeout)?Error|DockerTimeoutError|CannotCreateVolumeError/i,
    class: 'start',
    certainty: 'likely',
    hint: 'Check entrypoint, command, user and working directory of the container.',
  },
  {
    matches: /OutOfMemory|memory usage|OOM ?killed/i,
    class: 'memory',
    certainty: 'likely',
    hint: 'Give the task more memory, or let the program use less (Node: --max-old-space-size).',
  },
  {
    matches: /failed ELB health checks|unhealthy in target-group|failed health checks in/i,
    class: 'health',
    certainty: 'likely',
    hint: 'Check path, port and expected status of the target group, and healthCheckGracePeriodSeconds for a slow start.',
  },
  {
    matches: /failed container health checks/i,
    class: 'health',
    certainty: 'likely',
    hint: 'Run the health check by hand in the image; give a slow start a longer startPeriod.',
  },
  {
    matches: /capacity is unavailable|insufficient capacity|RESOURCE:/i,
    class: 'capacity',
    certainty: 'passing',
    hint: 'AWS has no room for the task there: add subnets in other zones, or wait.',
  },
  {
    matches: /Host EC2|instance .*(terminated|stopped)|underlying (host|infrastructure)|hardware|maintenance|Spot/i,
    class: 'platform',
    certainty: 'passing',
    hint: 'This was the machine below, not the app: ECS starts another task.',
  },
];

/** The rule for a reason. Names of others stand in it, as a secret called `connection`: they tell nothing. */
export function ruleFor(reason: string): StopRule | undefined {
  const words = reason.replace(/arn:\S+|\S*@?sha256:[0-9a-f]+|\S+\/\S+:[\w.-]+(?=[\s:]|$)/g, '…');
  return stopRules.find((rule) => rule.matches.test(words));
}
