import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { requirePython } from '../../../test/support/tools.js';
import { serviceOf } from '../services.js';
import { queryRequest, queryWire } from './query.js';

const SERIALIZE = `
import botocore.session, botocore.serialize, json, sys
session = botocore.session.get_session()
found = []
for service, operation, _ours, given in json.load(sys.stdin):
    model = session.get_service_model(service)
    serializer = botocore.serialize.create_serializer(model.metadata['protocol'], False)
    body = serializer.serialize_to_request(given, model.operation_model(operation))['body']
    found.append({key: str(value) for key, value in body.items()})
print(json.dumps(found))
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

test('a form is the one that botocore writes', async (context) => {
  const python = requirePython('botocore', 'python3-botocore');
  if (!python) return context.skip();
  const run = promisify(execFile)(python, ['-c', SERIALIZE], { maxBuffer: 1 << 24 });
  const told = cases.map(([service, operation, ours, theirs]) => [
    service,
    operation,
    undefined,
    theirs ?? (JSON.parse(JSON.stringify(ours)) as unknown),
  ]);
  run.child.stdin?.end(JSON.stringify(told));
  const theirs = JSON.parse((await run).stdout) as Record<string, string>[];
  cases.forEach(([service, operation, input], index) => {
    const { body } = queryRequest(serviceOf(service), 'http://127.0.0.1/', operation, input);
    const ours = Object.fromEntries(new URLSearchParams(body.replaceAll('+', '%2B')));
    const lower = Object.fromEntries(
      Object.entries(theirs[index] ?? {}).map(([name, value]) => [
        name,
        value.replace(/^(True|False)$/, (word) => word.toLowerCase()),
      ]),
    );
    expect([service, operation, ours]).toEqual([service, operation, lower]);
  });
});

describe('an answer', () => {
  const read = (service: 'iam' | 'ec2', operation: string, text: string) =>
    queryWire(serviceOf(service), operation).result({ status: 200, headers: {}, text });

  test('of a query', () => {
    const text = `<?xml version="1.0"?>
      <ListXResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
        <ListXResult>
          <Some><member><Name>a &amp; b</Name><Empty/></member></Some>
          <Words><member>one</member><member>two</member></Words>
          <None/>
          <IsTruncated>false</IsTruncated>
        </ListXResult>
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
      </ListXResponse>`;
    expect(read('iam', 'ListX', text)).toEqual({
      Some: [{ Name: 'a & b', Empty: '' }],
      Words: ['one', 'two'],
      None: '',
      IsTruncated: 'false',
    });
  });

  test('of EC2', () => {
    const text = `<DescribeXResponse xmlns="x"><requestId>r</requestId><set><item><id>1</id><tagSet><item><key>k</key><value>v</value></item></tagSet></item></set></DescribeXResponse>`;
    expect(read('ec2', 'DescribeX', text)).toEqual({ set: [{ id: '1', tagSet: [{ key: 'k', value: 'v' }] }] });
  });

  test('without a result', () => {
    expect(read('iam', 'PutX', '<PutXResponse><ResponseMetadata/></PutXResponse>')).toEqual({});
  });

  test.each(['', 'hello', '{"a":1}', '<html><body>no</body></html>', '<GetXResponse>', '<OtherResponse/>'])(
    '%j is none',
    (text) => {
      expect(() => read('iam', 'GetX', text)).toThrow();
    },
  );
});
