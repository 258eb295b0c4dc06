import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StandIn } from '../support/stand-in-provider/install.js';
import { installStandIn } from '../support/stand-in-provider/install.js';
import type { StackFolder } from '../support/terraform.js';
import { copyStack, image, keys, requireTerraform, stacksFolder, writeVariables } from '../support/terraform.js';
import { spawnSync } from 'node:child_process';

/** The stacks by themselves: real Terraform, the real provider's schema, nothing of lading. */
const terraform = requireTerraform();
let provider: StandIn;
const made: StackFolder[] = [];

beforeAll(async () => {
  if (terraform) provider = await installStandIn(terraform);
});
afterAll(() => {
  for (const stack of made) stack.remove();
  provider?.remove();
});

function open(name: 'registry' | 'service', values: Readonly<Record<string, unknown>> = {}): StackFolder {
  const stack = copyStack(name, terraform ?? '', { ...provider.env, ...keys });
  made.push(stack);
  // State on the disk: that in a bucket has tests of its own.
  writeFileSync(join(stack.folder, 'backend_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
  writeVariables(stack, { name: 'web', ...(name === 'service' && { image }), ...values });
  expect(stack.run('init', '-input=false', '-no-color')).toMatchObject({ code: 0 });
  return stack;
}

const planned = (stack: StackFolder) => stack.run('plan', '-input=false', '-no-color', '-detailed-exitcode');
const applied = (stack: StackFolder) => stack.run('apply', '-input=false', '-no-color', '-auto-approve');

/** The line that counts, else all that was said. */
const sum = ({ text }: { readonly text: string }) =>
  /^(?:Apply|Destroy) complete!.*$/m.exec(text)?.[0] ?? text.slice(-2000);

describe.skipIf(!terraform)('the stacks', () => {
  test('are written as Terraform formats', () => {
    const formatted = spawnSync(terraform ?? '', ['fmt', '-check', '-recursive', '-diff', stacksFolder], {
      encoding: 'utf8',
    });
    expect(formatted.stdout).toBe('');
    expect(formatted.status).toBe(0);
  });

  test.each(['registry', 'service'] as const)('%s is valid, its own tests pass', (name) => {
    const stack = open(name);
    expect(stack.run('validate', '-no-color')).toMatchObject({ code: 0 });
    const tested = stack.run('test', '-no-color');
    expect(tested.text).toMatch(/Success! \d+ passed, 0 failed/);
    expect(tested.code).toBe(0);
  });

  test.each([
    ['registry', {}, 2],
    ['service', {}, 18],
    ['service', { certificate_arn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0' }, 20],
    ['service', { secrets: { TOKEN: 'arn:aws:ssm:eu-central-1:123456789012:parameter/t' }, max_tasks: 1 }, 17],
    ['service', { vpc_id: 'vpc-1', subnet_ids: ['subnet-1', 'subnet-2'], private_subnet_ids: ['subnet-3'] }, 18],
  ] as const)('%s with %j: applied, and a second plan is clean', (name, values, resources) => {
    const stack = open(name, values);
    expect(sum(applied(stack))).toBe(`Apply complete! Resources: ${resources} added, 0 changed, 0 destroyed.`);
    expect(planned(stack).code).toBe(0);
    expect(sum(stack.run('destroy', '-auto-approve', '-no-color'))).toBe(
      `Destroy complete! Resources: ${resources} destroyed.`,
    );
  });
});

describe.skipIf(!terraform)('who owns the task definition', () => {
  const deployed = {
    aws_ecs_service: {
      drift: {
        task_definition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/web:7',
        desired_count: 3,
      },
    },
  };

  test('the deployer: a deploy and autoscaling leave the plan clean', () => {
    const stack = open('service');
    applied(stack);
    provider.play(deployed);
    expect(planned(stack)).toMatchObject({ code: 0 });
    provider.play({});
  });

  test('Terraform, without task_definition in ignore_changes: it puts its own revision back', () => {
    const stack = open('service');
    const file = join(stack.folder, 'main.tf');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('[task_definition, desired_count]', '[desired_count]'));
    applied(stack);
    provider.play(deployed);
    const plan = planned(stack);
    expect(plan.text).toMatch(/task_definition\s+= ".*web:7" -> ".*web:\d+"/);
    expect(plan.code).toBe(2);
    provider.play({});
  });
});

/** Faults put into the stacks: what finds none of them would be no proof. */
describe.skipIf(!terraform)('the stand-in finds', () => {
  const faults: readonly (readonly [string, string, string, string, RegExp])[] = [
    ['an unknown attribute', 'main.tf', 'launch_type ', 'launch_typ ', /Unsupported argument/],
    ['an unknown block', 'main.tf', 'deployment_circuit_breaker {', 'circuit_breaker {', /Unsupported block type/],
    ['what is missing', 'main.tf', /family +=.*\n/.source, '', /Missing required argument/],
    ['a reference to nothing', 'outputs.tf', 'aws_lb.this.dns_name', 'aws_lb.this.dns', /Unsupported attribute/],
    ['a type that is another', 'main.tf', 'skip_destroy = true', 'skip_destroy = "often"', /a bool is required/],
    ['a size that Fargate has not', 'main.tf', 'memory +=.*', 'memory = 300', /no Fargate task has this size/],
    ['a target group without a VPC', 'balancer.tf', 'vpc_id  .*', '', /vpc_id is required/],
  ];
  test.each(faults)('%s', (_what, file, from, to, message) => {
    const stack = copyStack('service', terraform ?? '', { ...provider.env, ...keys });
    made.push(stack);
    const path = join(stack.folder, file);
    const text = readFileSync(path, 'utf8');
    const broken = text.replace(new RegExp(from), () => to);
    expect(broken).not.toBe(text);
    writeFileSync(path, broken);
    writeFileSync(join(stack.folder, 'backend_override.tf'), 'terraform {\n  backend "local" {}\n}\n');
    writeVariables(stack, { name: 'web', image });
    stack.run('init', '-input=false', '-no-color');
    expect(planned(stack).text).toMatch(message);
  });
});
