import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { ecrRegion, isEcrHost } from '../../../src/aws/ecr.js';
import { endpointOf } from '../../../src/aws/endpoint.js';
import { partitionOf } from '../../../src/aws/partition.js';
import { queryRequest } from '../../../src/aws/protocol/query.js';
import type { AwsServiceName } from '../../../src/aws/services.js';
import { awsServices, serviceOf } from '../../../src/aws/services.js';
import { requirePython } from '../../support/tools.js';

/**
 * `models`: what is said of each service. `forms`: the fields of each case. `endpoints`: `ecs eu-central-1` → the
 * address that botocore speaks to, the region that it signs for and the partition, for four services in every region
 * that it knows, and every service in one region of each partition.
 */
const TELL = `
import botocore.session, botocore.serialize, json, sys
session = botocore.session.get_session()
asked = json.load(sys.stdin)
forms = []
for service, operation, _ours, given in asked['cases']:
    model = session.get_service_model(service)
    serializer = botocore.serialize.create_serializer(model.metadata['protocol'], False)
    body = serializer.serialize_to_request(given, model.operation_model(operation))['body']
    forms.append({key: str(value) for key, value in body.items()})
endpoints = {}
for partition in session.get_available_partitions():
    for place, region in enumerate(session.get_available_regions('ecs', partition)):
        for service in asked['placed'] if place == 0 else ('ecs', 'ecr', 'logs', 'sts'):
            client = session.create_client(service, region_name=region, aws_access_key_id='a', aws_secret_access_key='b')
            endpoints[service + ' ' + region] = [client.meta.endpoint_url, client._request_signer._region_name, partition]
models = {name: session.get_service_model(name).metadata for name in asked['services']}
print(json.dumps({'models': models, 'forms': forms, 'endpoints': endpoints}))
`;

/** Service, operation, our input (by the names of the wire) and that of botocore. */
const cases = [
  ['sts', 'GetCallerIdentity', {}, {}],
  [
    'sts',
    'AssumeRole',
    {
      RoleArn: 'arn:aws:iam::123456789012:role/x',
      RoleSessionName: 'lading',
      DurationSeconds: 900,
      ExternalId: undefined,
    },
  ],
  [
    'iam',
    'CreateRole',
    {
      RoleName: 'x',
      AssumeRolePolicyDocument: '{"a": [1]}',
      Tags: [
        { Key: 'a b', Value: 'ä+&=%' },
        { Key: 'c', Value: '' },
      ],
    },
  ],
  [
    'iam',
    'SimulatePrincipalPolicy',
    {
      PolicySourceArn: 'arn:aws:iam::123456789012:role/x',
      ActionNames: ['ecs:A', 'ecs:B'],
      ContextEntries: [{ ContextKeyName: 'k', ContextKeyValues: ['v', 'w'], ContextKeyType: 'string' }],
    },
  ],
  [
    'elbv2',
    'ModifyTargetGroupAttributes',
    {
      TargetGroupArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/x/1',
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '5' }],
    },
  ],
  [
    'elbv2',
    'ModifyListener',
    {
      ListenerArn: 'arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/x/1/2',
      DefaultActions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [{ TargetGroupArn: 'a', Weight: 1 }],
            TargetGroupStickinessConfig: { Enabled: false },
          },
        },
      ],
    },
  ],
  ['elbv2', 'SetSecurityGroups', { LoadBalancerArn: 'a', SecurityGroups: [] }],
  [
    'ec2',
    'DescribeSubnets',
    { SubnetId: ['subnet-1', 'subnet-2'], Filter: [{ Name: 'vpc-id', Value: ['vpc-1'] }] },
    { SubnetIds: ['subnet-1', 'subnet-2'], Filters: [{ Name: 'vpc-id', Values: ['vpc-1'] }] },
  ],
  ['ec2', 'DescribeRouteTables', { DryRun: true, MaxResults: 5 }],
] as const;

const python = requirePython('botocore', 'python3-botocore');
const names = Object.keys(awsServices) as AwsServiceName[];

interface Told {
  readonly models: Record<string, Record<string, string | undefined> & { readonly protocols?: string[] }>;
  readonly forms: readonly Record<string, string>[];
  readonly endpoints: Record<string, readonly [string, string, string]>;
}
let told: Told;

beforeAll(async () => {
  if (!python) return;
  const env = { PATH: process.env.PATH, AWS_STS_REGIONAL_ENDPOINTS: 'regional' };
  const run = promisify(execFile)(python, ['-c', TELL], { env, maxBuffer: 1 << 24 });
  const forms = cases.map(([service, operation, ours, theirs]) => [
    service,
    operation,
    undefined,
    theirs ?? (JSON.parse(JSON.stringify(ours)) as unknown),
  ]);
  // botocore has public ECR in every region; AWS has it in one.
  const placed = names.filter((name) => name !== 'ecr-public');
  run.child.stdin?.end(JSON.stringify({ cases: forms, placed, services: names }));
  told = JSON.parse((await run).stdout) as Told;
});

test.skipIf(!python)('the table says what the models of botocore say', () => {
  const { models } = told;
  for (const name of names) {
    const ours = serviceOf(name);
    const model = models[name];
    expect([name, model?.protocols ?? [model?.protocol]]).toEqual([name, expect.arrayContaining([ours.protocol])]);
    expect([name, ours]).toMatchObject([
      name,
      {
        apiVersion: model?.apiVersion,
        endpointPrefix: model?.endpointPrefix,
        signingName: model?.signingName ?? model?.endpointPrefix,
        variable: model?.serviceId?.toUpperCase().replaceAll(' ', '_'),
      },
    ]);
    if (ours.protocol === 'json') {
      expect([name, ours]).toMatchObject([
        name,
        { jsonVersion: model?.jsonVersion, targetPrefix: model?.targetPrefix },
      ]);
    }
  }
});

test.skipIf(!python)('a form is the one that botocore writes', () => {
  cases.forEach(([service, operation, input], index) => {
    const { body } = queryRequest(serviceOf(service), 'http://127.0.0.1/', operation, input);
    const ours = Object.fromEntries(new URLSearchParams(body.replaceAll('+', '%2B')));
    const lower = Object.fromEntries(
      Object.entries(told.forms[index] ?? {}).map(([name, value]) => [
        name,
        value.replace(/^(True|False)$/, (word) => word.toLowerCase()),
      ]),
    );
    expect([service, operation, ours]).toEqual([service, operation, lower]);
  });
});

test.skipIf(!python)('every region of every partition has the endpoint that botocore has', () => {
  const known = told.endpoints;
  expect(Object.keys(known).length).toBeGreaterThan(100);
  const ours = Object.keys(known).map((key) => {
    const [service, region = ''] = key.split(' ');
    const { url, region: signed } = endpointOf(service as AwsServiceName, region, {});
    return [key, [url, signed, partitionOf(region).id]];
  });
  expect(Object.fromEntries(ours)).toEqual(known);

  // The registry's host has the suffix of its API: https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
  for (const key of Object.keys(known)) {
    const region = key.split(' ')[1] ?? '';
    const host = `123456789012.dkr.ecr.${region}.${partitionOf(region).suffix}`;
    expect([host, isEcrHost(host, {}), ecrRegion(host)]).toEqual([host, true, region]);
  }
});
