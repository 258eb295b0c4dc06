import type { Scenario } from '../scenario-shape.js';
import { done, exit1, start } from './parts.js';

/** What is awkward about asking ECS. */
export const apiScenarios: readonly Scenario[] = [
  {
    name: 'many-events',
    claims: 'A service keeps a hundred events',
    events: [...start, { at: 5, manyEvents: 250 }, { at: 12, stop: exit1, times: 2 }],
  },
  {
    name: 'throttled',
    claims: 'A storm of ThrottlingException for a minute',
    events: [...start, { at: 8, running: 1, pending: 0 }, ...done(75)],
    faults: [
      {
        operations: ['DescribeServiceDeployments', 'ListTasks', 'DescribeServices'],
        type: 'ThrottlingException',
        message: 'Rate exceeded',
        until: 60,
      },
    ],
  },
  {
    name: 'access-denied',
    claims: 'ECS refuses access with HTTP 400',
    events: [...start, ...done(20)],
    faults: [
      {
        operations: ['DescribeServiceDeployments'],
        type: 'AccessDeniedException',
        message:
          'User: arn:aws:sts::123456789012:assumed-role/deploy/x is not authorized to perform: ecs:DescribeServiceDeployments',
        until: 1e9,
      },
    ],
  },
  {
    name: 'stale-reads',
    claims: 'A read right after a write may be old',
    events: [...start, { at: 8, running: 1, pending: 0 }, ...done(14)],
    staleReads: 3,
  },
];
