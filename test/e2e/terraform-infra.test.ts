import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningLading } from '../support/command-line.js';
import type { TerraformProject, TerraformWorld } from '../support/terraform-world.js';
import { host, openProject, openTerraformWorld } from '../support/terraform-world.js';

let world: TerraformWorld | undefined;
const projects: TerraformProject[] = [];

beforeAll(async () => {
  world = await openTerraformWorld();
  await world?.makeBucket('state');
  await world?.makeTable('locks');
  // Those that are taken when none is named.
  await world?.makeBucket('lading-state-123456789012-eu-central-1');
  await world?.makeTable('lading-state-lock');
});
afterAll(async () => {
  for (const project of projects) project.remove();
  await world?.close();
});

const locks = {
  s3: '  state-bucket: state\n',
  dynamodb: '  lock: dynamodb\n',
  both: '  state-bucket: state\n  lock: both\n  lock-table: locks\n',
};

/** Skips where Terraform or the emulator is missing. */
function inWorld(
  name: string,
  work: (world: TerraformWorld, open: (name: string, settings?: string) => TerraformProject) => Promise<void>,
) {
  test(
    name,
    async (context) => {
      if (!world) return context.skip();
      const found = world;
      await work(found, (project, settings = locks.s3) => {
        const opened = openProject(found, project, settings);
        projects.push(opened);
        return opened;
      });
    },
    240_000,
  );
}

/** Resolves when a run has said something. */
function said({ child }: RunningLading, pattern: RegExp): Promise<void> {
  let text = '';
  return new Promise((resolve) => {
    child.stderr?.on('data', (more: string) => {
      text += more;
      if (pattern.test(text)) resolve();
    });
  });
}

/**
 * Terraform's client of DynamoDB repeats a call whose answer was lost, and then meets the lock that it took itself; on a
 * machine that is busy an emulator loses some. What a user does then is done here, too.
 */
function unlocking(project: TerraformProject): TerraformProject['json'] {
  return async (args, env) => {
    const first = await project.json(args, env);
    const lock = (first.told.error?.details as { readonly lock?: { readonly id: string } } | undefined)?.lock;
    if (first.told.error?.code !== 'STATE_LOCKED' || !lock) return first;
    await project.run(`infra unlock registry --lock-id ${lock.id}`, env);
    return project.json(args, env);
  };
}

describe.each(['s3', 'dynamodb', 'both'] as const)('state locked by %s', (lock) => {
  inWorld('a registry: written, planned, applied, unchanged, handed on, destroyed', async (_world, open) => {
    const name = `shop-${lock}`;
    const project = open(name, locks[lock]);
    const json = unlocking(project);
    const init = await json('infra init registry');
    expect(init.code).toBe(0);
    expect(project.read('infra/registry/registry.tfbackend')).toContain(`${name}/registry.tfstate`);
    expect(JSON.parse(project.read('infra/registry/terraform.tfvars.json'))).toEqual({ name, region: 'eu-central-1' });

    const plan = await json('infra plan registry --check');
    expect(plan).toMatchObject({ code: 10, told: { clean: false, counts: { add: 2, change: 0, destroy: 0 } } });
    const applied = await json('infra apply registry');
    expect(applied).toMatchObject({
      code: 0,
      told: { applied: { counts: { add: 2 } }, outputs: { repository_name: name } },
    });
    expect(await json('infra plan registry --check')).toMatchObject({ code: 0, told: { clean: true } });
    const again = await project.run('infra apply registry');
    expect(again.stdout).toMatch(/^registry of shop-\w+: unchanged\n/);

    const output = await project.run('infra output registry --output repository_name');
    expect(output).toMatchObject({ code: 0, stdout: `${name}\n` });
    expect(await json('infra destroy registry')).toMatchObject({
      code: 2,
      told: { error: { issues: [{ where: '--confirm' }] } },
    });
    expect((await json('infra destroy registry --dry-run')).told.counts).toMatchObject({ destroy: 2 });
    const gone = await json(`infra destroy registry --confirm ${name}`);
    expect(gone).toMatchObject({ code: 0, told: { applied: { counts: { destroy: 2 } }, outputs: {} } });
    expect(await json('infra output registry')).toMatchObject({
      code: 2,
      told: { error: { code: 'NO_OUTPUTS' } },
    });
  });
});

describe.each(['s3', 'dynamodb'] as const)('a state that is locked by %s', (lock) => {
  inWorld(
    'a second run at the same time is told who holds the lock, and completes afterwards',
    async ({ provider }, open) => {
      const project = open(`busy-${lock}`, locks[lock]);
      await project.run('infra init registry');
      provider.play({ aws_ecr_repository: { takes: 8000 } });
      const first = project.start('infra apply registry');
      await said(first, /repository.this: Creating/);
      const second = await project.json('infra plan registry');
      provider.play({});
      expect(second.code).toBe(4);
      expect(second.told.error).toMatchObject({
        code: 'STATE_LOCKED',
        message: expect.stringMatching(
          /its state is locked by \S+@\S+ since \d{4}-\d\d-\d\dT[\d:]+Z, for an apply/,
        ) as string,
        hint: expect.stringMatching(/lading infra unlock registry --lock-id [\w-]+$/) as string,
      });
      const waited = await project.json('infra plan registry --lock-timeout 60s');
      expect(waited).toMatchObject({ code: 0, told: { clean: true } });
      expect((await first.ended).code).toBe(0);
    },
  );

  inWorld(
    'a run that was killed leaves its lock, which its id frees, and the next one completes',
    async ({ provider }, open) => {
      const project = open(`dead-${lock}`, locks[lock]);
      await project.run('infra init registry');
      provider.play({ aws_ecr_lifecycle_policy: { takes: 60_000 } });
      const first = project.start('infra apply registry');
      await said(first, /policy.this: Creating/);
      // Twice: the second one is for who does not want to wait for Terraform.
      first.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 200));
      first.child.kill('SIGINT');
      expect((await first.ended).code).toBe(130);
      provider.play({});
      const locked = await project.json('infra apply registry');
      expect(locked).toMatchObject({ code: 4, told: { error: { code: 'STATE_LOCKED' } } });
      const { id } = (locked.told.error?.details as { lock: { id: string } }).lock;
      expect(
        await project.json(`infra unlock registry --lock-id ${'0'.repeat(8)}-0000-0000-0000-000000000000`),
      ).toMatchObject({
        code: 4,
        told: { error: { code: 'LOCK_CHANGED', message: expect.stringContaining(id) as string } },
      });
      expect((await project.run(`infra unlock registry --lock-id ${id}`)).code).toBe(0);
      expect((await project.json('infra apply registry')).code).toBe(0);
      expect(await project.json('infra plan registry --check')).toMatchObject({ code: 0 });
    },
  );
});

describe('the service', () => {
  inWorld(
    'is not made without an image; with one it is, and the image stays until another is named',
    async (world, open) => {
      const project = open(
        'web',
        `${locks.s3}  port: 8080\n  min-tasks: 2\n  tag: { team: shop }\n  variable: { LOG: debug }\n`,
      );
      expect((await project.run('infra init service')).code).toBe(0);
      const without = await project.json('infra apply service');
      expect(without).toMatchObject({ code: 2, told: { error: { issues: [{ where: '--image' }] } } });
      const unknown = await project.json(`infra apply service --image ${host}/web:none`);
      expect(unknown).toMatchObject({
        code: 2,
        told: { error: { message: expect.stringContaining('does not exist') as string } },
      });

      const digest = await world.pushImage('web', 'abc1234');
      const dry = await project.json(`infra apply service --image ${host}/web:abc1234 --dry-run`);
      expect(dry).toMatchObject({ code: 0, told: { dryRun: true, counts: { add: 18 } } });
      expect((await project.json('infra output service')).told.error?.code).toBe('NO_OUTPUTS');

      const applied = await project.run(`infra apply service --image ${host}/web:abc1234`);
      expect(applied.code).toBe(0);
      expect(applied.stdout).toContain('service of web: 18 added, 0 changed, 0 destroyed\n');
      expect(applied.stderr).toMatch(/Costs +about \d+ USD a month/);
      expect(JSON.parse(project.read('infra/service/terraform.tfvars.json'))).toMatchObject({
        name: 'web',
        port: 8080,
        min_tasks: 2,
        image: `${host}/web@${digest}`,
        tags: { team: 'shop' },
        environment: { LOG: 'debug' },
      });
      const { told } = await project.json('infra output service');
      expect(told.outputs).toMatchObject({ cluster_name: 'web', service_name: 'web', image: `${host}/web@${digest}` });
      expect(await project.json('infra plan service --check')).toMatchObject({ code: 0 });

      const next = await world.pushImage('web', 'def5678');
      const changed = await project.json(`infra plan service --image ${host}/web@${next}`);
      expect(changed.told.changes).toMatchObject([
        {
          address: 'aws_ecs_task_definition.this',
          action: 'replace',
          attributes: [{ path: 'container_definitions[app].image', after: `${host}/web@${next}`, replaces: true }],
        },
      ]);
    },
  );

  inWorld(
    'a deploy from outside leaves the plan clean; with Terraform as owner it is taken back',
    async (world, open) => {
      await world.pushImage('own', '1');
      const drift = {
        task_definition: 'arn:aws:ecs:eu-central-1:123456789012:task-definition/own:7',
        desired_count: 3,
      };
      for (const owner of ['deployer', 'terraform']) {
        const project = open('own', `${locks.s3}  name: own-${owner}\n  owner: ${owner}\n`);
        expect((await project.run('infra init service')).code).toBe(0);
        expect((await project.run(`infra apply service --image ${host}/own:1`)).code).toBe(0);
        world.provider.play({ aws_ecs_service: { drift } });
        const { told } = await project.json('infra plan service');
        world.provider.play({});
        expect(told.clean).toBe(owner === 'deployer');
        if (owner === 'terraform') {
          expect(told.changes).toMatchObject([
            {
              address: 'aws_ecs_service.this',
              attributes: [{ path: 'task_definition', before: drift.task_definition }],
            },
          ]);
        }
      }
    },
  );
});

describe('a saved plan', () => {
  inWorld('is what is applied, and once the state has moved on it is refused', async (_world, open) => {
    const project = open('saved');
    await project.run('infra init registry');
    const plan = join(project.folder, 'reviewed.tfplan');
    await project.run(`infra plan registry --out ${plan}`);
    expect(await project.json('infra apply registry')).toMatchObject({ code: 0 });
    const outdated = await project.json(`infra apply registry --plan ${plan}`);
    expect(outdated).toMatchObject({
      code: 2,
      told: { error: { code: 'PLAN_OUTDATED', hint: 'Make a new plan: lading infra plan registry' } },
    });
    await project.run(`infra plan registry --out ${plan} --tag team=shop`);
    expect(await project.json(`infra apply registry --plan ${plan}`)).toMatchObject({
      code: 0,
      told: { applied: { counts: { change: 1 } } },
    });
    project.write('no.tfplan', 'no plan');
    expect(await project.json('infra apply registry --plan no.tfplan')).toMatchObject({
      code: 2,
      told: { error: { code: 'PLAN_UNREADABLE' } },
    });
    expect(await project.json('infra apply registry --plan none.tfplan')).toMatchObject({ code: 2 });
  });
});

describe('what goes wrong is told, and the second run completes', () => {
  inWorld('AWS refuses in the middle: what was made is told and stays', async ({ provider }, open) => {
    const project = open('halfway');
    await project.run('infra init registry');
    const denied =
      'putting ECR Lifecycle Policy (halfway): operation error ECR: PutLifecyclePolicy, https response error StatusCode: 400, RequestID: 1, api error AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/infra/ci is not authorized to perform: ecr:PutLifecyclePolicy on resource: arn:aws:ecr:eu-central-1:123456789012:repository/halfway';
    provider.play({ aws_ecr_lifecycle_policy: { refuse: denied } });
    const failed = await project.json('infra apply registry');
    provider.play({});
    expect(failed).toMatchObject({
      code: 3,
      told: {
        error: {
          code: 'ACCESS_DENIED',
          hint: expect.stringMatching(/^Allow ecr:PutLifecyclePolicy on arn:\S+ to arn:\S+,/) as string,
        },
        applied: { done: ['aws_ecr_repository.this'], failed: ['aws_ecr_lifecycle_policy.this'] },
      },
    });
    expect(await project.json('infra apply registry')).toMatchObject({
      code: 0,
      told: { applied: { counts: { add: 1 } } },
    });
  });

  inWorld('the name is taken', async ({ provider }, open) => {
    const project = open('taken');
    await project.run('infra init registry');
    const words =
      "creating ECR Repository (taken): RepositoryAlreadyExistsException: The repository with name 'taken' already exists";
    provider.play({ aws_ecr_repository: { refuse: words } });
    const failed = await project.json('infra apply registry');
    provider.play({});
    expect(failed).toMatchObject({ code: 4, told: { error: { code: 'NAME_TAKEN' }, applied: { done: [] } } });
    expect((await project.json('infra apply registry')).code).toBe(0);
  });

  inWorld(
    'cancelled once, Terraform finishes what it is at, gives the lock back, and the next run goes on',
    async ({ provider }, open) => {
      const project = open('cancelled');
      await project.run('infra init registry');
      provider.play({ aws_ecr_repository: { takes: 4000 } });
      const first = project.start('infra apply registry');
      await said(first, /repository.this: Creating/);
      first.child.kill('SIGINT');
      expect((await first.ended).code).toBe(130);
      provider.play({});
      expect(await project.json('infra apply registry')).toMatchObject({
        code: 0,
        told: { applied: { counts: { add: 1 } } },
      });
    },
  );

  inWorld('no Terraform, an old one, another program', async ({ env }, open) => {
    const project = open('programs');
    const bin = join(project.folder, 'bin');
    mkdirSync(bin);
    const program = (name: string, text: string) => {
      project.write(`bin/${name}`, `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    };
    const only = { ...env, PATH: bin };
    expect(await project.json('infra init registry', only)).toMatchObject({
      code: 6,
      told: { error: { code: 'TERRAFORM_MISSING', message: 'cannot run terraform or tofu: it is not installed' } },
    });
    program('tofu', `echo '{"terraform_version":"1.6.0"}'`);
    expect(await project.json('infra init registry', only)).toMatchObject({
      code: 6,
      told: { error: { code: 'TERRAFORM_TOO_OLD' } },
    });
    program('terraform', 'echo Usage: terraform');
    expect(await project.json('infra init registry', only)).toMatchObject({
      code: 6,
      told: { error: { code: 'NOT_TERRAFORM' } },
    });
    expect(existsSync(join(project.folder, 'infra'))).toBe(false);
    expect((await project.json('infra init registry')).code).toBe(0);
  });

  inWorld('no bucket, no credentials, another account', async (_world, open) => {
    const project = open('nowhere', '  state-bucket: nowhere\n');
    expect(await project.json('infra init registry')).toMatchObject({
      code: 4,
      told: { error: { code: 'NO_STATE_BUCKET' } },
    });
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };
    expect(await project.json('infra init registry', none)).toMatchObject({
      code: 3,
      told: { error: { code: 'NO_CREDENTIALS' } },
    });
    expect(await project.json('infra init registry --account 210987654321')).toMatchObject({
      code: 3,
      told: { error: { code: 'WRONG_ACCOUNT' } },
    });
    expect(existsSync(join(project.folder, 'infra'))).toBe(false);
  });

  inWorld(
    'all mistakes of the configuration at once, and what is wrong in the stack with its place',
    async (_world, open) => {
      const project = open('wrong', '  state-bucket: NO\n  lock: dynamodb\n  account: "1"\n  vpc: vpc-1\n');
      const { code, told } = await project.json('infra plan service');
      expect(code).toBe(2);
      expect(told.error?.issues?.map(({ where }) => where)).toEqual([
        'lading.yml:5:17',
        'lading.yml:7:12',
        'lading.yml:8:8',
      ]);
      const fine = open('fine');
      expect((await fine.json('infra plan registry')).told.error).toMatchObject({
        message: expect.stringContaining('has no stack') as string,
      });
      await fine.run('infra init registry');
      fine.write('infra/registry/own.tf', 'resource "aws_ecr_repository" "two" {\n  nam = "x"\n}\n');
      const broken = await fine.json('infra plan registry');
      expect(broken.code).toBe(2);
      expect(broken.told.error?.issues?.map(({ where }) => where)).toContain('infra/registry/own.tf:2');
      fine.write('infra/registry/own.tf', '');
      expect((await fine.json('infra plan registry')).code).toBe(0);
    },
  );

  inWorld('what is the user’s is not written over', async (_world, open) => {
    const project = open('mine');
    await project.run('infra init registry');
    project.write('infra/registry/outputs.tf', '# mine\n');
    const { stdout } = await project.run('infra init registry');
    expect(stdout).toContain('kept       infra/registry/outputs.tf');
    expect(project.read('infra/registry/outputs.tf')).toBe('# mine\n');
    project.write('infra/registry/terraform.tfvars.json', '{"name":"mine","domain":"example.com"}');
    const refused = await project.json('infra plan registry');
    expect(refused).toMatchObject({
      code: 2,
      told: { error: { message: expect.stringContaining('has domain') as string } },
    });
    expect(project.read('infra/registry/terraform.tfvars.json')).toContain('domain');
    project.write('infra/registry/terraform.tfvars.json', '{}');
    project.write('infra/registry/terraform.tfstate', '{"resources":[{}]}');
    expect((await project.json('infra plan registry')).told.error?.code).toBe('LOCAL_STATE');
  });
});
