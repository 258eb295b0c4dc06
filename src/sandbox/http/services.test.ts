import { expect, test } from 'vitest';
import { rowOf, serviceRows } from './services.js';

test.each([
  ['AmazonEC2ContainerServiceV20141113.RunTask', undefined, 'ecs'],
  ['AmazonEC2ContainerServiceV20141113.RunTask', 'ssm', 'ecs'],
  ['DynamoDB_20120810.ListTables', 'dynamodb', 'dynamodb'],
  ['SomethingElse.RunTask', 'ecs', undefined],
  [undefined, 'elasticloadbalancing', 'elbv2'],
  [undefined, 's3', 's3'],
  [undefined, 'lambda', undefined],
  [undefined, undefined, undefined],
])('target %s, scope %s: %s', (target, scope, id) => {
  expect(rowOf(serviceRows, { target, scope })?.id).toBe(id);
});
