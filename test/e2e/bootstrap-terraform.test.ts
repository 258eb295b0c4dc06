import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PolicyDocument } from '../../src/cloud/document.js';
import type { BootstrapResult } from '../../src/ground/bootstrap/result.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { allows, askedOf } from '../support/policy-check.js';
import type { TerraformWorld } from '../support/terraform-world.js';
import { openProject, openTerraformWorld } from '../support/terraform-world.js';

let world: TerraformWorld | undefined;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await openTerraformWorld();
  if (world) sandbox = await startSandbox({ moto: world.moto.url });
}, 240_000);
afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

test.for(['s3', 'dynamodb'])(
  'the stacks find their state where bootstrap made it, with a lock by %s, and their roles let them',
  { timeout: 240_000 },
  async (lock, context) => {
    if (!world) return context.skip();
    const project = openProject(world, 'shop', `  lock: ${lock}\n`);
    const run = async (args: string) => {
      const from = sandbox.journal.length;
      const { code, told } = await project.json(args, sandbox.env);
      expect([args, code, told.error]).toEqual([args, 0, undefined]);
      return { told, asked: sandbox.journal.slice(from).flatMap(askedOf) };
    };
    try {
      const ids = '--repository acme/shop --repository-id 789 --owner-id 12';
      const made = await project.json(`bootstrap ${ids}`, sandbox.env);
      expect([made.code, made.told.error]).toEqual([0, undefined]);
      const { items } = made.told as unknown as BootstrapResult;
      const policyOf = (role: string): PolicyDocument =>
        items.find(({ name }) => name === `lading-shop-${role}`)?.documents?.policy ?? { Statement: [] };
      const init = await run('infra init registry');
      const plan = await run('infra plan registry --no-lock-state');
      const apply = await run('infra apply registry');
      const output = await run('infra output registry');
      expect(apply.told).toMatchObject({ applied: { counts: { add: 2 } } });
      const refused = (role: string, asked: readonly (typeof plan.asked)[number][]) =>
        asked.filter((one) => !allows(policyOf(role), one)).map(({ action, resource }) => `${action} ${resource}`);
      expect(refused('infra-plan', [...init.asked, ...plan.asked, ...output.asked])).toEqual([]);
      expect(refused('infra-apply', [...init.asked, ...plan.asked, ...apply.asked, ...output.asked])).toEqual([]);
      expect(refused('infra-plan', apply.asked)).toContain(
        's3:PutObject arn:aws:s3:::lading-state-123456789012-eu-central-1/shop/registry.tfstate',
      );
      expect(refused('deploy', plan.asked)).not.toEqual([]);
      const destroyed = await run('infra destroy registry --confirm shop');
      expect(refused('infra-apply', destroyed.asked)).toEqual([]);
      const left = await project.json(`bootstrap ${ids} --destroy --confirm shop`, sandbox.env);
      expect((left.told as unknown as BootstrapResult).items.find(({ kind }) => kind === 'bucket')).toMatchObject({
        action: 'keep',
        note: 'states are in it, or old versions of them',
      });
    } finally {
      project.remove();
    }
  },
);
