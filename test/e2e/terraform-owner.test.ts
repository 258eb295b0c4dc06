import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scenarios } from '../../src/sandbox/ecs/scenario.js';
import type { StageApp, TerraformStage } from '../support/terraform-stage.js';
import { openTerraformStage } from '../support/terraform-stage.js';

let stage: TerraformStage | undefined;

beforeAll(async () => {
  stage = await openTerraformStage();
}, 120_000);
afterAll(async () => {
  await stage?.close();
});

function onStage(name: string, work: (stage: TerraformStage) => Promise<void>) {
  test(
    name,
    async (context) => {
      if (!stage) return context.skip();
      await work(stage);
    },
    240_000,
  );
}

/** Registry, first image, service: as far as Terraform goes. */
async function openShop(stage: TerraformStage, name: string, owner: string, settings?: string): Promise<StageApp> {
  const { sandbox } = stage;
  const app = await stage.openApp(
    settings ??
      `push: { to: "${sandbox.host}/${name}" }\ndeploy: { cluster: ${name}, service: ${name} }\ninfra: { owner: ${owner} }\n`,
  );
  const steps = [
    'infra init registry',
    'infra apply registry',
    'build',
    'push --tag v1',
    'infra init service',
    `infra apply service --image ${sandbox.host}/${name}:v1`,
  ];
  for (const step of steps) {
    const { code, text } = await app.run(step);
    expect(code, `${step}\n${text}`).toBe(0);
  }
  stage.clock.advance(60_000);
  return app;
}

/** What the service runs now. */
async function running({ sandbox, clock }: TerraformStage, name: string) {
  clock.advance(60_000);
  const answer = await sandbox.call('ecs', 'DescribeServices', { cluster: name, services: [name] });
  const [service] = (answer as { services: { taskDefinition: string; desiredCount: number }[] }).services;
  const taskDefinition = service?.taskDefinition ?? '';
  const described = await sandbox.call('ecs', 'DescribeTaskDefinition', { taskDefinition });
  const { containerDefinitions } = (described as { taskDefinition: { containerDefinitions: { image: string }[] } })
    .taskDefinition;
  return { taskDefinition, image: containerDefinitions[0]?.image };
}

const callsOf = ({ sandbox }: TerraformStage, operation: string) =>
  sandbox.journal.filter((entry) => entry.operation === operation).length;

onStage('the deployer as owner: a deploy and another number of tasks leave the plan clean', async (stage) => {
  const app = await openShop(stage, 'ours', 'deployer');
  expect(await app.run('infra plan service --check')).toMatchObject({ code: 0, told: { clean: true } });
  const before = await running(stage, 'ours');
  app.write('data/new.txt', 'new');
  const shipped = await app.run('ship --tag v2');
  expect(shipped.code, shipped.text).toBe(0);
  expect(shipped.told).toMatchObject({ outcome: 'steady', services: [{ registered: true }] });
  const after = await running(stage, 'ours');
  expect(after.taskDefinition).not.toBe(before.taskDefinition);
  await stage.sandbox.call('ecs', 'UpdateService', { cluster: 'ours', service: 'ours', desiredCount: 3 });
  stage.clock.advance(60_000);
  const plan = await app.run('infra plan service --check');
  expect(plan.told).toMatchObject({ clean: true, changes: [] });
  expect(plan.code).toBe(0);
  expect(await running(stage, 'ours')).toEqual(after);
});

onStage('Terraform as owner: ship goes through it, and the plan is clean', async (stage) => {
  const app = await openShop(stage, 'theirs', 'terraform');
  app.write('data/new.txt', 'new');
  const registered = callsOf(stage, 'RegisterTaskDefinition');
  const dry = await app.run('ship --tag v2 --dry-run');
  expect(dry.code, dry.text).toBe(0);
  expect(dry.text).toContain('Plan of service: 1 to add, 1 to change, 1 to destroy');
  expect(callsOf(stage, 'RegisterTaskDefinition')).toBe(registered);

  const shipped = await app.run('ship --tag v2');
  expect(shipped.code, shipped.text).toBe(0);
  const [image] = shipped.told.images as { reference: string }[];
  expect(shipped.told).toMatchObject({ outcome: 'steady', services: [{ registered: false, outcome: 'steady' }] });
  expect(callsOf(stage, 'RegisterTaskDefinition')).toBe(registered + 1);
  expect((await running(stage, 'theirs')).image).toBe(image?.reference);
  expect(await app.run('infra plan service --check')).toMatchObject({ code: 0, told: { clean: true } });
  expect((await app.run('infra output service')).told.outputs).toMatchObject({ image: image?.reference });

  const again = await app.run('ship --tag v2');
  expect(again.told).toMatchObject({ outcome: 'unchanged' });
  const former = await app.run(`deploy --image ${stage.sandbox.host}/theirs:v1`);
  expect(former.code, former.text).toBe(0);
  expect(former.told).toMatchObject({ outcome: 'steady', services: [{ registered: false }] });
  expect(await app.run('infra plan service --check')).toMatchObject({ code: 0, told: { clean: true } });
});

onStage('Terraform as owner: what ECS turns back is a failure, and the next ship completes', async (stage) => {
  const app = await openShop(stage, 'turned', 'terraform');
  const before = await running(stage, 'turned');
  app.write('data/new.txt', 'new');
  const scenario = (name: string) => {
    const found = scenarios.get(name);
    if (!found) throw new Error(`no scenario ${name}`);
    stage.sandbox.useScenario(found, 'turned');
  };
  scenario('crash-loop');
  const failed = await app.run('ship --tag v2');
  expect(failed.code, failed.text).toBe(5);
  expect(await running(stage, 'turned')).toEqual(before);
  scenario('ok');
  const shipped = await app.run('ship --tag v2');
  expect(shipped.code, shipped.text).toBe(0);
  expect(shipped.told).toMatchObject({ outcome: 'steady' });
  expect(await app.run('infra plan service --check')).toMatchObject({ code: 0, told: { clean: true } });
});

onStage('a stack that does not put the image in is found out', async (stage) => {
  const app = await openShop(stage, 'ignored', 'terraform');
  const file = join(app.folder, 'infra/service/main.tf');
  const text = readFileSync(file, 'utf8');
  app.write(
    'infra/service/main.tf',
    text.replace('ignore_changes = [desired_count]', 'ignore_changes = [task_definition]'),
  );
  app.write('data/new.txt', 'new');
  const { code, told } = await app.run('ship --tag v2');
  expect(told.error).toMatchObject({
    code: 'NOT_PUT_IN',
    message: expect.stringMatching(/^the service ignored runs ignored:1, which is not what was asked for/) as string,
    hint: expect.stringContaining('ignore_changes') as string,
  });
  expect(code).toBe(2);
});

onStage('what the stack says elsewhere is refused before anything is made', async (stage) => {
  const app = await stage.openApp(
    `push: { to: "${stage.sandbox.host}/refused" }\ndeploy: { cluster: refused, service: refused, env: ["app:A=1"] }\ninfra: { owner: terraform, port: 8080 }\n`,
  );
  const { code, told } = await app.run('ship --desired-count 2');
  expect(code).toBe(2);
  expect(told.error?.issues).toMatchObject([
    { where: expect.stringMatching(/^lading\.yml:4:/) as string, hint: 'Put it under infra.variable.' },
    { where: '--desired-count', hint: 'Say infra.min-tasks and infra.max-tasks.' },
  ]);
  expect(stage.sandbox.requests.filter(({ path }) => path.includes('/refused/'))).toEqual([]);
});

const byOutputs = `push: { to: "\${tf:registry.repository_url}" }
deploy: { cluster: "\${tf:service.cluster_name}", service: "\${tf:service.service_name}" }
infra: { name: outputs }
`;

onStage('lading.yml may say by outputs of the stacks where things are', async (stage) => {
  const early = await stage.openApp(byOutputs);
  const { code, told } = await early.run('status');
  expect(code).toBe(2);
  expect(told.error?.issues).toMatchObject([
    {
      where: expect.stringMatching(/^lading\.yml:4:/) as string,
      message: expect.stringContaining('is not known yet') as string,
      hint: expect.stringContaining('lading infra apply service') as string,
    },
    { where: expect.stringMatching(/^lading\.yml:4:/) as string },
  ]);

  const app = await openShop(stage, 'outputs', 'deployer', byOutputs);
  app.write('data/new.txt', 'new');
  const shipped = await app.run('ship --tag v2');
  expect(shipped.code, shipped.text).toBe(0);
  expect(shipped.told).toMatchObject({ outcome: 'steady', services: [{ cluster: 'outputs', service: 'outputs' }] });
  expect(await app.run('infra plan service --check')).toMatchObject({ code: 0, told: { clean: true } });

  app.write('lading.yml', byOutputs.replace('cluster_name', 'cluster_nam').replace('service_name', 'image.x'));
  expect((await app.run('status')).told.error?.issues).toMatchObject([
    { where: 'lading.yml:2:58', message: '"${tf:service.image.x}" is no output of a stack' },
  ]);
  app.write('lading.yml', byOutputs.replace('cluster_name', 'cluster_nam'));
  expect((await app.run('status')).told.error?.issues).toMatchObject([
    { message: 'the stack service has no output cluster_nam', hint: 'Did you mean cluster_name?' },
  ]);
});
