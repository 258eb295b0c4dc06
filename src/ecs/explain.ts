import type { Task } from './shapes.js';

/** Why a task died, in a form that people and programs can act on. */
export interface Cause {
  readonly class:
    | 'image'
    | 'secrets'
    | 'start'
    | 'exit'
    | 'memory'
    | 'health'
    | 'network'
    | 'capacity'
    | 'alarm'
    | 'hook'
    | 'stopped'
    | 'unknown';
  /** ECS's own words. */
  readonly text: string;
  readonly container?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly hint: string;
  /** So many tasks must die of it before the deployment is called failed; undefined: never by itself. */
  readonly failAfter: number | undefined;
  readonly taskArn?: string | undefined;
}

interface Rule {
  readonly matches: RegExp;
  readonly class: Cause['class'];
  readonly failAfter: number;
  readonly hint: string;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html, most telling first. */
const rules: readonly Rule[] = [
  {
    matches: /CannotPull.*(i\/o timeout|timeout exceeded|deadline|connection re(set|fused)|toomanyrequests|429|rate)/is,
    class: 'network',
    failAfter: 3,
    hint: 'Give the subnets a way to the registry: a NAT gateway, public addresses, or VPC endpoints for ECR and S3.',
  },
  {
    matches: /CannotPull.*(platform|manifest.*(arch|match))/is,
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
    matches: /CannotPull.*(denied|forbidden|403|no basic auth|not authorized|unauthorized)/is,
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
    matches: /ResourceInitializationError.*(i\/o timeout|deadline|context|connection)/is,
    class: 'network',
    failAfter: 3,
    hint: 'Give the subnets a way to Secrets Manager, SSM or CloudWatch Logs: a NAT gateway or VPC endpoints.',
  },
  {
    matches: /ResourceInitializationError.*(log ?group|logger|awslogs)/is,
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
    matches: /Cannot(Start|Create|Inspect)ContainerError|ContainerRuntimeError/i,
    class: 'start',
    failAfter: 1,
    hint: 'Check entrypoint, command, user and working directory of the container.',
  },
  {
    matches: /OutOfMemory|memory usage/i,
    class: 'memory',
    failAfter: 1,
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

/** The platform's business, not the app's: mentioned, never counted. */
const NOT_THE_APP = new Set(['SpotInterruption', 'TerminationNotice', 'InfrastructureHealth', 'UserInitiated']);

/** Undefined when the stop is part of normal life, as scaling in. */
export function explainTask(task: Task): Cause | undefined {
  const stopped = task.stoppedReason ?? '';
  if (/Scaling activity initiated by/i.test(stopped)) return undefined;
  const failing =
    task.containers.find((container) => (container.exitCode ?? 0) !== 0) ??
    task.containers.find((container) => container.reason);
  const words = [...new Set([stopped, failing?.reason ?? ''])].filter((text) => text !== '');
  const text = words.filter((one) => !words.some((other) => other !== one && other.includes(one))).join(': ');
  const about = { container: failing?.name, exitCode: failing?.exitCode ?? undefined, taskArn: task.taskArn };
  if (task.stopCode && NOT_THE_APP.has(task.stopCode)) {
    return {
      ...about,
      class: 'stopped',
      text: text || task.stopCode,
      hint: 'This was not the app: nothing to do.',
      failAfter: undefined,
    };
  }
  const rule = rules.find((candidate) => candidate.matches.test(text));
  if (rule) return { ...about, class: rule.class, text, hint: rule.hint, failAfter: rule.failAfter };
  if ((failing?.exitCode ?? 0) !== 0) {
    return {
      ...about,
      class: 'exit',
      text: text || 'Essential container in task exited',
      hint: exitHint(failing?.exitCode ?? 1),
      failAfter: 2,
    };
  }
  if (task.stopCode === 'EssentialContainerExited') {
    const hint = 'The program ended by itself with 0: a service must keep running.';
    return {
      ...about,
      exitCode: 0,
      class: 'exit',
      text: text || 'Essential container in task exited',
      hint,
      failAfter: 2,
    };
  }
  if (task.stopCode === 'ServiceSchedulerInitiated' && text === '') return undefined;
  return {
    ...about,
    class: 'unknown',
    text: text || 'no reason given',
    hint: 'Look at the task in the console and at its logs.',
    failAfter: 3,
  };
}

function exitHint(code: number): string {
  switch (code) {
    case 137:
      return 'SIGKILL: either it did not stop within stopTimeout, or it ran out of memory.';
    case 139:
      return 'It crashed (SIGSEGV): check native modules against the platform and the C library of the base image.';
    case 126:
    case 127:
      return 'The program was not found or may not be run: check entrypoint and command.';
    case 143:
      return 'SIGTERM ended it: somebody stopped it.';
    default:
      return 'Read its last log lines; run the same image with the same variables on your computer.';
  }
}
