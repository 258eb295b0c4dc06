import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { VirtualClock } from '../../src/base/clock.js';
import { virtualClock } from '../../src/base/clock.js';
import type { AwsSession } from '../../src/aws/api.js';
import { openAws } from '../../src/aws/session.js';
import { runCli } from '../../src/entry/cli.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import { startSandbox } from '../../src/sandbox/start.js';
import { startMoto } from './moto.js';
import { writeNodeApp, writeTinyBase } from './node-app.js';
import { installStandIn } from './stand-in-provider/install.js';
import { requireTerraform } from './terraform.js';
import type { Told } from './terraform-world.js';
import { testWorld } from './world.js';

/**
 * One account with everything: registry and ECS of the sandbox, state in moto's S3, and a provider that makes in them what
 * Terraform plans. lading runs in this process, by the sandbox's clock.
 */
export interface TerraformStage {
  readonly sandbox: Sandbox;
  readonly clock: VirtualClock;
  readonly env: Readonly<Record<string, string>>;
  /** The account, asked past lading. */
  readonly aws: AwsSession;
  /** Folder of a base image. */
  readonly base: string;
  /** A node app, with `lading.yml` when there are settings. */
  openApp(settings: string | undefined): Promise<StageApp>;
  close(): Promise<void>;
}

export interface StageApp {
  readonly folder: string;
  write(path: string, text: string): void;
  run(args: string, env?: Readonly<Record<string, string>>): Promise<{ code: number; text: string; told: Told }>;
}

/** Undefined with a line that says what is missing. Without the bucket of the states the account is empty. */
export async function openTerraformStage({ bucket: hasBucket = true } = {}): Promise<TerraformStage | undefined> {
  const terraform = requireTerraform();
  const moto = terraform && (await startMoto({ awsPolicies: !hasBucket }));
  if (!terraform || !moto) return undefined;
  const provider = await installStandIn(terraform);
  const real = { real: true };
  const ground = {
    aws_iam_role: real,
    aws_iam_role_policy_attachment: real,
    aws_cloudwatch_log_group: real,
    aws_security_group: real,
  };
  provider.play({
    ...(hasBucket ? {} : ground),
    aws_ecr_repository: real,
    aws_ecs_cluster: real,
    aws_ecs_task_definition: real,
    aws_ecs_service: real,
  });
  const clock = virtualClock(Date.now());
  const sandbox = await startSandbox({ clock, moto: moto.url, consistency: 'eventual' });
  const env = { PATH: process.env.PATH ?? '', ...provider.env, ...sandbox.env };
  const world = testWorld({ env });
  const place =
    '<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>';
  const bucket = `lading-state-${sandbox.accountId}-${sandbox.region}`;
  const aws = await openAws(world);
  if (hasBucket) await aws.rest('s3').request('CreateBucket', { method: 'PUT', bucket, body: place });
  const base = (await writeTinyBase()).directory;
  const folders = [base];
  return {
    sandbox,
    clock,
    env,
    aws,
    base,
    async openApp(settings) {
      const folder = writeNodeApp();
      folders.push(folder);
      const settled = `region: eu-central-1\nbuild: { base: "oci:${base}" }\n${settings}`;
      if (settings !== undefined) writeFileSync(join(folder, 'lading.yml'), settled);
      return {
        folder,
        write: (path, text) => writeFileSync(join(folder, path), text),
        async run(args, more = {}) {
          const out: string[] = [];
          const err: string[] = [];
          const code = await runCli([...args.split(' '), '--json'], {
            env: { ...env, HOME: folder, ...more },
            cwd: folder,
            signal: new AbortController().signal,
            clock,
            stdout: { write: (text) => out.push(text) },
            stderr: { write: (text) => err.push(text) },
          });
          return { code, text: err.join(''), told: JSON.parse(out.join('')) as Told };
        },
      };
    },
    async close() {
      world.close();
      await sandbox.close();
      await moto.close();
      provider.remove();
      for (const folder of folders) rmSync(folder, { recursive: true });
    },
  };
}
