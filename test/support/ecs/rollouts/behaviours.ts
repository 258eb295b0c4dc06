import { OUR_IMAGE } from './definition.js';
import type { CauseClass } from './cause-class.js';
import type { Behaviour, End } from './rollout.js';

/** What tasks do, with the words in which ECS and its agent tell it (seen in public logs and AWS's documentation). */
const SECRET = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:web/database-AbCdEf';
const ROLE = 'arn:aws:sts::111122223333:assumed-role/web-execution/0123456789abcdef';
const PULLING =
  'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed:';
const REGISTRY = '111122223333.dkr.ecr.eu-central-1.amazonaws.com';

export const fine = (more: Behaviour = {}): Behaviour => more;

/** Never gets to RUNNING; the reason stands with the task, and of a failed pull with the container too. */
function failsToStart(cause: CauseClass, reason: string, after: number, inContainer = false): Behaviour {
  const containers = inContainer ? [{ reason }] : [];
  return { cause, end: { after, beforeRunning: true, stopCode: 'TaskFailedToStart', reason, containers } };
}

const pull = (cause: CauseClass, detail: string, after = 20) =>
  failsToStart(
    cause,
    `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${detail}`,
    after,
    true,
  );

export const imageNotFound = pull('image-not-found', `failed to resolve ref ${OUR_IMAGE}: ${OUR_IMAGE}: not found`);
export const imageForbidden = pull(
  'image-forbidden',
  `failed to resolve ref ${OUR_IMAGE}: pulling from host ${REGISTRY} failed with status code [manifests sha256:1b1b]: 403 Forbidden`,
);
export const imagePlatform = pull(
  'image-platform',
  "image Manifest does not contain descriptor matching platform 'linux/amd64'",
);
export const registryThrottled = pull(
  'registry-throttled',
  'failed to resolve ref docker.io/library/nginx:1.27: pulling from host registry-1.docker.io failed with status code [manifests 1.27]: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
);
export const registryUnreachable: Behaviour = failsToStart(
  'registry-unreachable',
  `CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref ${OUR_IMAGE}: failed to do request: Head "https://${REGISTRY}/v2/web/manifests/sha256:1b1b": dial tcp 10.0.14.7:443: i/o timeout`,
  75,
  true,
);

export const secretForbidden = failsToStart(
  'secret-forbidden',
  `${PULLING} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: AccessDeniedException: User: ${ROLE} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${SECRET} because no identity-based policy allows the secretsmanager:GetSecretValue action status code: 400`,
  12,
);
export const secretNotFound = failsToStart(
  'secret-not-found',
  `${PULLING} unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${SECRET} from secrets manager: ResourceNotFoundException: Secrets Manager can't find the specified secret.`,
  12,
);
export const secretThrottled = failsToStart(
  'secret-throttled',
  `${PULLING} unable to retrieve secrets from ssm: service call has been retried 5 time(s): operation error SSM: GetParameters, exceeded maximum number of attempts, 3, https response error StatusCode: 400, api error ThrottlingException: Rate exceeded`,
  18,
);
export const secretUnreachable = failsToStart(
  'secret-throttled',
  `${PULLING} unable to retrieve secret from asm: There is a connection issue between the task and AWS Secrets Manager. Check your task network configuration. failed to fetch secret ${SECRET} from secrets manager: RequestCanceled: request context canceled caused by: context deadline exceeded`,
  40,
);
export const logGroupNotFound = failsToStart(
  'log-group-not-found',
  'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1',
  15,
);
export const volumeNotMounted = failsToStart(
  'volume',
  'ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: stderr: Failed to resolve "fs-0123456789abcdef0.efs.eu-central-1.amazonaws.com" - check that your file system ID is correct',
  30,
);
export const networkInterfaceTimeout = failsToStart(
  'network-interface',
  'Timeout waiting for network interface provisioning to complete.',
  60,
);
export const noFreeAddress = failsToStart(
  'network-interface',
  'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment disabled in subnet subnet-0aaa1111222233334: InsufficientFreeAddressesInSubnet',
  6,
);
export const badHost = failsToStart(
  'host',
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim: OCI runtime create failed: unable to start container process: error during container init: no space left on device: unknown',
  22,
);
export const commandNotFound: Behaviour = failsToStart(
  'cannot-start',
  'CannotStartContainerError: ResourceInitializationError: failed to create new container runtime task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "/app/server": stat /app/server: no such file or directory: unknown',
  22,
  true,
);

const EXITED = 'Essential container in task exited';

/** The container is over before ECS has ever seen it running: the circuit breaker counts it. */
export function exitsAtOnce(exitCode = 1, logs: readonly string[] = ['Error: DATABASE_URL is not set']): Behaviour {
  const end: End = {
    after: 27,
    beforeRunning: true,
    stopCode: 'EssentialContainerExited',
    reason: EXITED,
    containers: [{ exitCode }],
  };
  return { cause: 'exited', logs, end };
}

/** It runs and then ends by itself, which the circuit breaker does not see. */
export function exitsAfter(
  after: number,
  exitCode = 1,
  logs: readonly string[] = ['Error: connect ECONNREFUSED'],
): Behaviour {
  const end: End = { after, stopCode: 'EssentialContainerExited', reason: EXITED, containers: [{ exitCode }] };
  return { cause: 'exited', logs, end };
}

export function runsOutOfMemory(after: number): Behaviour {
  const reason = 'OutOfMemoryError: Container killed due to memory usage';
  const end: End = {
    after,
    stopCode: 'EssentialContainerExited',
    reason: EXITED,
    containers: [{ exitCode: 137, reason }],
  };
  return { cause: 'out-of-memory', logs: ['<--- Last few GCs --->'], end };
}

export function failsContainerCheck(after = 90): Behaviour {
  return { cause: 'container-health', healthyAfter: 'never', sickAfter: after, sick: { check: 'container' } };
}

export function failsTargetCheck(reason = 'Health checks failed with these codes: [502]', after = 60): Behaviour {
  return { cause: 'target-health', healthyAfter: 'never', sickAfter: after, sick: { check: 'load balancer', reason } };
}

/** Healthy first, and given up later. */
export function turnsSick(check: 'container' | 'load balancer', after: number): Behaviour {
  return {
    cause: check === 'container' ? 'container-health' : 'target-health',
    healthyAfter: 10,
    sickAfter: after,
    sick: { check },
  };
}

export const noCapacity: Behaviour = {
  cause: 'capacity',
  unplaced: {
    reason:
      '. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  },
};
export const noInstance: Behaviour = {
  cause: 'capacity',
  unplaced: {
    reason:
      ' because no container instance met all of its requirements. The closest matching (container-instance 0f9de17a6465404e8b1b2356dc13c2f8) has insufficient CPU units available. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  },
};
export const overQuota: Behaviour = {
  cause: 'quota',
  unplaced: {
    reason: ". Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
  },
};

export const spotInterruption: End = {
  after: 0,
  stopCode: 'SpotInterruption',
  reason: 'Your Spot Task was interrupted.',
};
export const hostRetired: End = {
  after: 0,
  stopCode: 'TerminationNotice',
  reason: 'ECS is performing maintenance on the underlying infrastructure hosting the task.',
};

/** Runs for a while on Spot and then loses its place. */
export function interrupted(after: number): Behaviour {
  return { cause: 'spot', end: { ...spotInterruption, after } };
}

/** Each so many times, then fine. */
export function first(count: number, behaviour: Behaviour, then: Behaviour = fine()): readonly Behaviour[] {
  return [...Array.from({ length: count }, () => behaviour), then];
}
