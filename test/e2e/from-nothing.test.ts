import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AwsSession } from '../../src/aws/api.js';
import type { TerraformStage } from '../support/terraform-stage.js';
import { openTerraformStage } from '../support/terraform-stage.js';

const guide = readFileSync(join(import.meta.dirname, '../../docs/guide/from-nothing.md'), 'utf8');
const commands = [...guide.matchAll(/^\$ lading (.+)$/gm)].map(([, command = '']) => command);
const HOST = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

let stage: TerraformStage | undefined;

beforeAll(async () => {
  stage = await openTerraformStage({ bucket: false });
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

/** The default VPC of a new account, with its way out. */
async function openNetwork(aws: AwsSession) {
  const ec2 = aws.api('ec2');
  const { vpcSet } = (await ec2.call('DescribeVpcs', {})) as { vpcSet: { vpcId: string }[] };
  const vpc = vpcSet[0]?.vpcId ?? '';
  const { subnetSet } = (await ec2.call('DescribeSubnets', {})) as { subnetSet: { subnetId: string }[] };
  const { internetGateway } = (await ec2.call('CreateInternetGateway', {})) as {
    internetGateway: { internetGatewayId: string };
  };
  const InternetGatewayId = internetGateway.internetGatewayId;
  await ec2.call('AttachInternetGateway', { InternetGatewayId, VpcId: vpc });
  const { routeTableSet } = (await ec2.call('DescribeRouteTables', {})) as {
    routeTableSet: { routeTableId: string }[];
  };
  for (const { routeTableId } of routeTableSet)
    await ec2.call('CreateRoute', {
      RouteTableId: routeTableId,
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: InternetGatewayId,
    });
  return { vpc, subnets: subnetSet.map(({ subnetId }) => subnetId) };
}

test('the commands of the guide lead from an empty account to a service that doctor finds well', async (context) => {
  if (!stage) return context.skip();
  const { sandbox, clock, base } = stage;
  const app = await stage.openApp(undefined);
  execFileSync('git', ['init', '-q', '-b', 'main'], { cwd: app.folder });
  const { vpc, subnets } = await openNetwork(stage.aws);
  const network = ` --vpc ${vpc} ${subnets.map((subnet) => `--subnet ${subnet}`).join(' ')}`;
  // What this computer has instead of the public base image and the default VPC of an account.
  const here: readonly (readonly [RegExp, string])[] = [
    [/^(build|ship)\b/, ` --base oci:${base}`],
    [/^infra apply service/, network],
  ];
  const told = new Map<string, Awaited<ReturnType<typeof app.run>>['told']>();
  for (const command of commands) {
    const verb = command.replace(/ --.*/, '');
    if (verb === 'ship') app.write('data/new.txt', 'new');
    const more = here.find(([pattern]) => pattern.test(command))?.[1] ?? '';
    const ran = await app.run(`${command.replaceAll(HOST, sandbox.host)}${more}`);
    expect([command, ran.code, ran.told.error], ran.text).toEqual([command, 0, undefined]);
    told.set(verb, ran.told);
    clock.advance(60_000);
  }
  expect([...told.keys()]).toEqual([
    'init',
    'bootstrap',
    'infra init registry',
    'infra apply registry',
    'build',
    'push',
    'infra init service',
    'infra apply service',
    'ship',
    'doctor',
  ]);
  expect(told.get('bootstrap')).toMatchObject({ outcome: 'applied' });
  expect(told.get('ship')).toMatchObject({ outcome: 'steady', services: [{ registered: true }] });
  expect(told.get('doctor')).toMatchObject({ outcome: 'well', counts: { wrong: 0 } });
  // Nothing to do is nothing done.
  const again = await app.run('bootstrap --repository acme/shop --repository-id 789 --owner-id 12');
  expect(again.told).toMatchObject({ outcome: 'unchanged' });
  expect((await app.run(`infra plan service --check${network}`)).told).toMatchObject({ clean: true });
}, 300_000);
