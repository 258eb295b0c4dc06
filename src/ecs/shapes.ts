import * as v from 'valibot';

const text = v.nullish(v.string());
const count = v.optional(v.number(), 0);
/** Epoch seconds, as AWS JSON has it. */
const time = v.nullish(v.number());

const deployment = v.looseObject({
  id: v.string(),
  status: v.string(),
  taskDefinition: v.string(),
  desiredCount: count,
  pendingCount: count,
  runningCount: count,
  failedTasks: count,
  rolloutState: text,
  rolloutStateReason: text,
  createdAt: time,
  updatedAt: time,
});

const service = v.looseObject({
  serviceArn: v.optional(v.string(), ''),
  serviceName: v.string(),
  clusterArn: v.optional(v.string(), ''),
  status: v.string(),
  taskDefinition: v.optional(v.string(), ''),
  desiredCount: count,
  runningCount: count,
  pendingCount: count,
  deployments: v.optional(v.array(deployment), []),
  events: v.optional(
    v.array(v.looseObject({ id: v.string(), createdAt: time, message: v.optional(v.string(), '') })),
    [],
  ),
  currentServiceDeployment: text,
  schedulingStrategy: text,
  loadBalancers: v.nullish(v.array(v.looseObject({ targetGroupArn: text, loadBalancerName: text }))),
  deploymentConfiguration: v.nullish(
    v.looseObject({
      strategy: text,
      deploymentCircuitBreaker: v.nullish(
        v.looseObject({
          enable: v.nullish(v.boolean()),
          rollback: v.nullish(v.boolean()),
          thresholdConfiguration: v.nullish(v.looseObject({ type: text, value: v.nullish(v.number()) })),
        }),
      ),
    }),
  ),
  deploymentController: v.nullish(v.looseObject({ type: v.string() })),
  launchType: text,
  platformVersion: text,
  capacityProviderStrategy: v.nullish(v.array(v.looseObject({ capacityProvider: v.string() }))),
  networkConfiguration: v.nullish(
    v.looseObject({
      awsvpcConfiguration: v.nullish(
        v.looseObject({
          subnets: v.nullish(v.array(v.string())),
          securityGroups: v.nullish(v.array(v.string())),
          assignPublicIp: text,
        }),
      ),
    }),
  ),
  placementConstraints: v.nullish(v.array(v.looseObject({ type: text }))),
  placementStrategy: v.nullish(v.array(v.looseObject({}))),
});

export const servicesAnswer = v.looseObject({
  services: v.optional(v.array(service), []),
  failures: v.optional(v.array(v.looseObject({ arn: text, reason: text })), []),
});
export const serviceAnswer = v.looseObject({ service });

const revisionSummary = v.looseObject({
  arn: v.string(),
  requestedTaskCount: count,
  runningTaskCount: count,
  pendingTaskCount: count,
  requestedProductionTrafficWeight: v.nullish(v.number()),
});

const serviceDeployment = v.looseObject({
  serviceDeploymentArn: v.string(),
  status: v.string(),
  statusReason: text,
  createdAt: time,
  finishedAt: time,
  updatedAt: time,
  lifecycleStage: text,
  targetServiceRevision: v.nullish(revisionSummary),
  sourceServiceRevisions: v.nullish(v.array(revisionSummary)),
  deploymentCircuitBreaker: v.nullish(v.looseObject({ status: text, failureCount: count, threshold: count })),
  alarms: v.nullish(v.looseObject({ status: text, triggeredAlarmNames: v.nullish(v.array(v.string())) })),
  rollback: v.nullish(v.looseObject({ reason: text, serviceRevisionArn: text })),
  lifecycleHookDetails: v.nullish(
    v.array(v.looseObject({ hookId: text, status: text, targetArn: text, expiresAt: time, timeoutAction: text })),
  ),
});

export const serviceDeploymentsAnswer = v.looseObject({
  serviceDeployments: v.optional(v.array(serviceDeployment), []),
});

export const serviceDeploymentList = v.looseObject({
  serviceDeployments: v.optional(
    v.array(
      v.looseObject({
        serviceDeploymentArn: v.string(),
        status: v.string(),
        statusReason: text,
        targetServiceRevisionArn: text,
        createdAt: time,
        finishedAt: time,
      }),
    ),
    [],
  ),
  nextToken: text,
});

export const revisionsAnswer = v.looseObject({
  serviceRevisions: v.optional(
    v.array(
      v.looseObject({
        serviceRevisionArn: v.string(),
        taskDefinition: v.string(),
        containerImages: v.nullish(
          v.array(v.looseObject({ containerName: v.string(), image: text, imageDigest: text })),
        ),
      }),
    ),
    [],
  ),
});

const task = v.looseObject({
  taskArn: v.string(),
  taskDefinitionArn: v.optional(v.string(), ''),
  startedBy: text,
  lastStatus: text,
  desiredStatus: text,
  stopCode: text,
  stoppedReason: text,
  startedAt: time,
  stoppingAt: time,
  stoppedAt: time,
  /** Grows with every change of the task. */
  version: v.nullish(v.number()),
  healthStatus: text,
  availabilityZone: text,
  attachments: v.nullish(
    v.array(v.looseObject({ details: v.nullish(v.array(v.looseObject({ name: text, value: text }))) })),
  ),
  containers: v.optional(
    v.array(
      v.looseObject({
        name: v.string(),
        exitCode: v.nullish(v.number()),
        reason: text,
        imageDigest: text,
        healthStatus: text,
        lastStatus: text,
      }),
    ),
    [],
  ),
});
export const tasksAnswer = v.looseObject({ tasks: v.optional(v.array(task), []) });
export const runAnswer = v.looseObject({
  tasks: v.optional(v.array(task), []),
  failures: v.optional(v.array(v.looseObject({ arn: text, reason: text, detail: text })), []),
});
export const taskList = v.looseObject({ taskArns: v.optional(v.array(v.string()), []), nextToken: text });

const keyed = v.looseObject({ name: v.string() });
const containerDefinition = v.looseObject({
  name: v.string(),
  image: v.optional(v.string()),
  essential: v.optional(v.boolean()),
  environment: v.nullish(v.array(v.looseObject({ name: v.string(), value: v.optional(v.string(), '') }))),
  secrets: v.nullish(v.array(keyed)),
  dockerLabels: v.nullish(v.record(v.string(), v.string())),
  logConfiguration: v.nullish(
    v.looseObject({ logDriver: v.string(), options: v.nullish(v.record(v.string(), v.string())) }),
  ),
});
export const taskDefinition = v.looseObject({
  family: v.string(),
  taskDefinitionArn: v.optional(v.string()),
  status: text,
  networkMode: text,
  requiresCompatibilities: v.nullish(v.array(v.string())),
  tags: v.optional(v.array(v.looseObject({ key: v.string(), value: v.optional(v.string(), '') }))),
  containerDefinitions: v.pipe(v.array(containerDefinition), v.minLength(1, 'it has no container')),
});
export const taskDefinitionAnswer = v.looseObject({
  taskDefinition,
  tags: v.nullish(v.array(v.looseObject({ key: v.string(), value: v.optional(v.string(), '') }))),
});

export type Service = v.InferOutput<typeof service>;
export type ServiceDeployment = v.InferOutput<typeof serviceDeployment>;
export type Task = v.InferOutput<typeof task>;
export type RunAnswer = v.InferOutput<typeof runAnswer>;
export type TaskDefinition = v.InferOutput<typeof taskDefinition>;
export type ContainerDefinition = v.InferOutput<typeof containerDefinition>;
