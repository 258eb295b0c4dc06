import { expect, test } from 'vitest';
import { InputError } from '../../base/errors.js';
import type { Diagnostic } from './diagnostic.js';
import { diagnosticsIn } from './diagnostic.js';
import { explainFailure } from './explain.js';

const explain = (diagnostics: readonly Diagnostic[]) =>
  explainFailure({
    command: 'apply',
    stack: 'service',
    folder: 'infra/service',
    bucket: 'acme-state',
    end: 'ended with exit code 1',
    diagnostics,
  });
const error = (summary: string, detail = ''): Diagnostic => ({ severity: 'error', summary, detail });

/** As Terraform 1.11 and the provider say it. */
const known: readonly (readonly [string, Diagnostic, string, number, RegExp])[] = [
  [
    'a lock that is held',
    error(
      'Error acquiring the state lock',
      'Error message: operation error S3: PutObject, https response error StatusCode: 412, api error PreconditionFailed: At least one\nLock Info:\n  ID:        1fa0b0fc-6b3e-9d43-7d05-9d2e7f5f4f37\n  Path:      acme-state/shop/service.tfstate\n  Operation: OperationTypeApply\n  Who:       ci@runner-7\n  Version:   1.11.4\n  Created:   2026-11-24 18:45:14.629198 +0000 UTC\n  Info:      \n',
    ),
    'STATE_LOCKED',
    4,
    /locked by ci@runner-7 since 2026-11-24T18:45:14Z, for an apply/,
  ],
  [
    'a lock that may not be taken',
    error(
      'Error acquiring the state lock',
      'Error message: operation error S3: PutObject, https response error StatusCode: 403, api error AccessDenied: Access Denied',
    ),
    'ACCESS_DENIED',
    3,
    /Error acquiring the state lock/,
  ],
  ['a plan that is outdated', error('Saved plan is stale', 'The given plan file'), 'PLAN_OUTDATED', 2, /stale/],
  [
    'no bucket',
    error('Failed to get existing workspaces: S3 bucket "acme-state" does not exist.'),
    'NO_STATE_BUCKET',
    4,
    /acme-state/,
  ],
  ['no credentials', error('No valid credential sources found', 'Please see'), 'NO_CREDENTIALS', 3, /credential/],
  [
    'credentials that have ended',
    error(
      'reading ECS Cluster',
      'api error ExpiredTokenException: The security token included in the request is expired',
    ),
    'EXPIRED_TOKEN',
    3,
    /reading ECS Cluster/,
  ],
  [
    'a state that could not be saved',
    error('Failed to save state', 'Error saving state: failed to upload state: operation error S3: PutObject'),
    'STATE_NOT_SAVED',
    4,
    /Failed to save state/,
  ],
  [
    'a name that is taken',
    error(
      'creating IAM Role (web-exec): operation error IAM: CreateRole, EntityAlreadyExists: Role with name web-exec already exists.',
    ),
    'NAME_TAKEN',
    4,
    /web-exec/,
  ],
  [
    'what AWS refuses otherwise',
    error(
      'creating ELBv2 Load Balancer (web): operation error Elastic Load Balancing v2: CreateLoadBalancer, api error InvalidSubnet: x',
    ),
    'AWS_REFUSED',
    4,
    /InvalidSubnet/,
  ],
  [
    'what is not known',
    error('Something new', 'of another kind'),
    'TERRAFORM_FAILED',
    6,
    /Something new: of another kind/,
  ],
];

test.each(known)('%s', (_what, diagnostic, code, exitCode, message) => {
  const explained = explain([diagnostic]);
  expect(explained).toMatchObject({ code, exitCode });
  expect(explained.message).toMatch(message);
  expect(explained.message).not.toContain('\n');
  expect(explained.hint).toMatch(/\.$|\w$/);
});

test('mistakes in the stack are told all at once, each with its place', () => {
  const at = (line: number) => ({ at: { file: 'main.tf', line } });
  const explained = explain([
    { ...error('Unsupported argument', 'An argument named "nam" is not expected here.'), ...at(3) },
    { ...error('Missing required argument', 'The argument "name" is required.'), ...at(9) },
  ]);
  expect(explained).toBeInstanceOf(InputError);
  expect((explained as InputError).issues.map(({ where }) => where)).toEqual([
    'infra/service/main.tf:3',
    'infra/service/main.tf:9',
  ]);
});

test('without a word of the program its end is told', () => {
  expect(explain([]).message).toBe('terraform apply of service: ended with exit code 1');
});

test('errors are read from text for people, in boxes or not', () => {
  const text = '╷\n│ Error: Unsupported block type\n│ \n│   on main.tf line 7, in terraform:\n│    7: x {\n╵\n';
  expect(diagnosticsIn(text)).toMatchObject([{ summary: 'Unsupported block type', at: { file: 'main.tf', line: 7 } }]);
  expect(diagnosticsIn('\nError: One\n\nfirst\n\nError: Two\n\nsecond\n')).toMatchObject([
    { summary: 'One', detail: 'first' },
    { summary: 'Two', detail: 'second' },
  ]);
  expect(diagnosticsIn('Failed to unlock state: no\nmore')).toMatchObject([{ summary: 'Failed to unlock state: no' }]);
  expect(diagnosticsIn('\n')).toEqual([]);
});
