import { expect, test } from 'vitest';
import type { Exec } from '../base/programs/exec.js';
import type { OpenStack } from './run.js';
import { runTerraform } from './run.js';

const stack: OpenStack = {
  program: { path: 'terraform', name: 'Terraform', version: '1.11.4' },
  name: 'service',
  folder: '/repository/infra/service',
  shown: 'infra/service',
  bucket: 'acme-state',
  env: {},
};

/** As Terraform 1.11 says it, with both kinds of lock, when the lock is given back after it was refused. */
const freed = {
  table:
    'Error message: operation error DynamoDB: PutItem, https response error StatusCode: 400, RequestID: 1, ConditionalCheckFailedException: The conditional request failed\nunexpected end of JSON input\n\nTerraform acquires a state lock',
  file: 'Error message: operation error S3: PutObject, https response error StatusCode: 412, api error PreconditionFailed: At least one\noperation error S3: GetObject, https response error StatusCode: 404, NoSuchKey: \n\nTerraform acquires a state lock',
  denied:
    'Error message: operation error S3: PutObject, https response error StatusCode: 412, api error PreconditionFailed: At least one\noperation error S3: GetObject, https response error StatusCode: 403, AccessDenied: Access Denied',
  held: 'Error message: operation error S3: PutObject, api error PreconditionFailed: At least one\nLock Info:\n  ID:        1fa0b0fc-6b3e-9d43-7d05-9d2e7f5f4f37\n  Who:       ci@runner-7\n',
} as const;

/** A Terraform that is refused the lock so many times first. */
function refusing(times: number, detail: string): { readonly exec: Exec; readonly runs: () => number } {
  let runs = 0;
  const refusal = { severity: 'error', summary: 'Error acquiring the state lock', detail };
  const line = JSON.stringify({ '@message': 'Error', type: 'diagnostic', diagnostic: refusal });
  const exec: Exec = (_program, _args, request) => {
    const isRefused = runs++ < times;
    if (isRefused) request?.onLine?.(line, 'stdout');
    return Promise.resolve({ code: isRefused ? 1 : 0, stdout: isRefused ? line : 'done', stderr: '' });
  };
  return { exec, runs: () => runs };
}

const run = (exec: Exec, signal = new AbortController().signal) =>
  runTerraform(stack, ['plan', '-json'], { exec, signal, report: () => undefined });

test.each(['table', 'file'] as const)(
  'a lock that is given back while it is asked for is asked for again: %s',
  async (lock) => {
    const { exec, runs } = refusing(2, freed[lock]);
    await expect(run(exec)).resolves.toBe('done');
    expect(runs()).toBe(3);
  },
);

test('a lock of which nothing else can be read is told in the end', async () => {
  const { exec } = refusing(99, freed.table);
  await expect(run(exec)).rejects.toMatchObject({
    code: 'STATE_LOCKED',
    message: 'terraform plan of service: its state is locked, and who holds it cannot be read',
  });
});

test.each([
  ['held', 'STATE_LOCKED'],
  ['denied', 'ACCESS_DENIED'],
] as const)('a lock that is %s is told at once', async (what, code) => {
  const { exec, runs } = refusing(1, freed[what]);
  await expect(run(exec)).rejects.toMatchObject({ code });
  expect(runs()).toBe(1);
});

test('who has cancelled does not ask again', async () => {
  const { exec, runs } = refusing(99, freed.file);
  await expect(run(exec, AbortSignal.abort())).rejects.toThrow('locked');
  expect(runs()).toBe(1);
});
