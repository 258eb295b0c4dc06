import { exitsAtOnce, imageNotFound } from '../behaviours.js';
import type { Rollout } from '../rollout.js';

const well = { outcome: 'succeeded', earlyStop: 'must not' } as const;
const nothing = { outcome: 'nothing', earlyStop: 'must not' } as const;
const failed = { outcome: 'failed', rolledBack: true } as const;
const HISTORY = ['ListServiceDeployments', 'DescribeServiceDeployments', 'DescribeServiceRevisions'] as const;

/** What may not be called, is not there, or is no longer allowed. */
export const refusing: readonly Rollout[] = [
  { name: 'UpdateService denied', errs: { denied: ['UpdateService'] }, expect: nothing },
  { name: 'DescribeServices denied', errs: { denied: ['DescribeServices'] }, expect: { ...well, proof: 'partial' } },
  { name: 'RegisterTaskDefinition denied', errs: { denied: ['RegisterTaskDefinition'] }, expect: nothing },
  {
    name: 'DescribeTasks denied',
    tasks: [imageNotFound],
    errs: { denied: ['DescribeTasks'] },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may', proof: 'partial' },
  },
  {
    name: 'ListTasks denied',
    tasks: [exitsAtOnce()],
    errs: { denied: ['ListTasks'] },
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold', proof: 'partial' },
  },
  { name: 'tasks denied, all well', errs: { denied: ['ListTasks', 'DescribeTasks'] }, expect: well },
  {
    name: 'DescribeServiceRevisions denied',
    errs: { denied: ['DescribeServiceRevisions'] },
    expect: { ...well, proof: 'partial' },
  },
  { name: 'history denied, all well', errs: { denied: [...HISTORY] }, expect: { ...well, proof: 'partial' } },
  {
    name: 'history denied, failing',
    tasks: [imageNotFound],
    errs: { denied: [...HISTORY] },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may', proof: 'partial' },
  },
  {
    name: 'history denied, replaced',
    others: [{ at: 30, does: 'update' }],
    errs: { denied: [...HISTORY] },
    expect: { outcome: 'superseded', earlyStop: 'must not', proof: 'none' },
  },
  {
    name: 'only describing the history is denied',
    errs: { denied: ['DescribeServiceDeployments'] },
    expect: { ...well, proof: 'partial' },
  },
  { name: 'only listing the history is denied', errs: { denied: ['ListServiceDeployments'] }, expect: well },
  {
    name: 'StopServiceDeployment denied',
    service: { breaker: 'off' },
    tasks: [imageNotFound],
    errs: { denied: ['StopServiceDeployment'] },
    expect: { outcome: 'timed out', cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'StopServiceDeployment conflicts',
    service: { breaker: 'off' },
    tasks: [imageNotFound],
    errs: {
      refused: [
        {
          operation: 'StopServiceDeployment',
          code: 'ConflictException',
          message: 'The service deployment is not in a state that can be stopped.',
        },
      ],
    },
    expect: { outcome: 'timed out', cause: 'image-not-found', earlyStop: 'may' },
  },
  {
    name: 'logs denied',
    tasks: [exitsAtOnce()],
    errs: { denied: ['logs:GetLogEvents', 'logs:FilterLogEvents'] },
    expect: { ...failed, cause: 'exited', exitCode: 1, earlyStop: 'beyond the threshold' },
  },
  {
    name: 'everything denied but what changes',
    errs: {
      denied: [
        ...HISTORY,
        'DescribeServices',
        'DescribeTasks',
        'ListTasks',
        'DescribeTaskDefinition',
        'ListTaskDefinitions',
      ],
    },
    expect: { ...well, proof: 'none' },
  },
  { name: 'the token expires in the middle', errs: { expiresAt: 40 }, expect: { ...well, proof: 'none' } },
  { name: 'the token has expired', errs: { expiresAt: 0 }, expect: nothing },
  {
    name: 'a partition without history',
    errs: { unknown: { operations: [...HISTORY, 'StopServiceDeployment'], as: 'aws' }, history: 'missing' },
    expect: { ...well, proof: 'partial' },
  },
  {
    name: 'a partition without history, failing',
    tasks: [imageNotFound],
    errs: { unknown: { operations: [...HISTORY, 'StopServiceDeployment'], as: 'aws' }, history: 'missing' },
    expect: { ...failed, cause: 'image-not-found', earlyStop: 'may', proof: 'partial' },
  },
  {
    name: 'an emulator without history',
    errs: {
      unknown: { operations: [...HISTORY, 'StopServiceDeployment', 'ContinueServiceDeployment'], as: 'moto' },
      history: 'missing',
    },
    expect: { ...well, proof: 'partial' },
  },
  {
    name: 'an emulator without history, failing',
    service: { breaker: 'fail' },
    tasks: [imageNotFound],
    errs: { unknown: { operations: [...HISTORY, 'StopServiceDeployment'], as: 'moto' }, history: 'missing' },
    expect: { outcome: 'failed', rolledBack: false, cause: 'image-not-found', earlyStop: 'may', proof: 'partial' },
  },
  { name: 'a history that stays empty', errs: { history: 'missing' }, expect: { ...well, proof: 'partial' } },
  {
    name: 'a history that stays empty, replaced',
    errs: { history: 'missing' },
    others: [{ at: 40, does: 'update' }],
    expect: { outcome: 'superseded', earlyStop: 'must not', proof: 'none' },
  },
  { name: 'no such service', service: { before: 'absent' }, expect: nothing },
  { name: 'no such cluster', service: { before: 'no cluster' }, expect: nothing },
  { name: 'an inactive service', service: { before: 'inactive' }, expect: nothing },
  { name: 'a draining service', service: { before: 'draining' }, expect: nothing },
  {
    name: 'a registration that races another',
    errs: {
      refused: [
        {
          operation: 'RegisterTaskDefinition',
          code: 'ClientException',
          message: 'Too many concurrent attempts to create a new revision of the specified family.',
        },
      ],
    },
    expect: nothing,
  },
];
