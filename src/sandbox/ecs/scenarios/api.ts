import type { Scenario, ScenarioFault } from '../scenario-shape.js';
import { API, crash } from './parts.js';

const ALWAYS = 1e9;

function denied(operation: string, service = 'ecs'): ScenarioFault {
  const who = 'arn:aws:sts::123456789012:assumed-role/deploy/ci';
  const action = `${service}:${operation}`;
  return {
    operations: [operation],
    type: 'AccessDeniedException',
    message: `User: ${who} is not authorized to perform: ${action} on resource: * because no identity-based policy allows the ${action} action`,
    until: ALWAYS,
  };
}

const DENIED = `${API}: access is denied with HTTP 400`;
const throttled = (operations: readonly string[], more: Partial<ScenarioFault> = {}): ScenarioFault => ({
  operations,
  type: 'ThrottlingException',
  message: 'Rate exceeded',
  until: 60,
  ...more,
});
const THROTTLED = `${API}, request throttling: ThrottlingException`;

/** What is awkward about asking ECS. */
export const apiScenarios: readonly Scenario[] = [
  {
    name: 'throttled',
    claims: `${THROTTLED} for a minute`,
    events: [],
    drains: 62,
    faults: [throttled(['DescribeServiceDeployments', 'ListTasks', 'DescribeServices'])],
  },
  {
    name: 'throttled-before',
    claims: `${THROTTLED} before the deployment begins`,
    events: [],
    faults: [
      throttled(['DescribeServices', 'DescribeTaskDefinition', 'RegisterTaskDefinition', 'UpdateService'], {
        until: 40,
        before: true,
      }),
    ],
  },
  {
    name: 'throttled-throughout',
    claims: `${THROTTLED} for everything, for a minute in the middle`,
    events: [],
    drains: 80,
    faults: [throttled(['*'], { from: 6, until: 66 })],
  },
  {
    name: 'access-denied',
    claims: DENIED,
    events: [],
    faults: [denied('DescribeServiceDeployments')],
  },
  { name: 'denied-list-service-deployments', claims: DENIED, events: [], faults: [denied('ListServiceDeployments')] },
  {
    name: 'denied-describe-service-revisions',
    claims: DENIED,
    events: [],
    faults: [denied('DescribeServiceRevisions')],
  },
  {
    name: 'denied-service-deployments',
    claims: `${DENIED}; a policy from before service deployments`,
    events: [],
    faults: ['ListServiceDeployments', 'DescribeServiceDeployments', 'DescribeServiceRevisions'].map((name) =>
      denied(name),
    ),
  },
  { name: 'denied-describe-tasks', claims: DENIED, events: [], tasks: [crash, {}], faults: [denied('DescribeTasks')] },
  {
    name: 'denied-get-log-events',
    claims: DENIED,
    events: [],
    tasks: [crash],
    faults: [denied('GetLogEvents', 'logs')],
  },
  {
    name: 'denied-stop-service-deployment',
    claims: DENIED,
    events: [],
    tasks: [crash],
    faults: [denied('StopServiceDeployment')],
  },
  {
    name: 'no-service-deployments',
    claims: 'Partitions and emulators from before October 2024: UnknownOperationException',
    events: [],
    faults: [
      {
        operations: [
          'ListServiceDeployments',
          'DescribeServiceDeployments',
          'DescribeServiceRevisions',
          'StopServiceDeployment',
        ],
        type: 'UnknownOperationException',
        message: 'The requested operation is not recognized by the service.',
        until: ALWAYS,
      },
    ],
  },
  {
    name: 'expired-token',
    claims: 'AWS general reference, common errors: ExpiredTokenException in the middle of a deployment',
    events: [],
    drains: 60,
    faults: [
      {
        operations: ['*'],
        type: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
        from: 10,
        until: ALWAYS,
      },
    ],
  },
  {
    name: 'stale-reads',
    claims: 'Amazon ECS API reference: eventual consistency, a read right after a write may be old',
    events: [],
    staleReads: 3,
  },
];
