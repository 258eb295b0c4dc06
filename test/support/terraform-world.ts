import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AwsSession } from '../../src/aws/api.js';
import { openAws } from '../../src/aws/session.js';
import type { Ended, RunningLading } from './command-line.js';
import { lading, startLading } from './command-line.js';
import type { Moto } from './moto.js';
import { startMoto } from './moto.js';
import type { StandIn } from './stand-in-provider/install.js';
import { installStandIn } from './stand-in-provider/install.js';
import { requireTerraform } from './terraform.js';
import type { TestWorld } from './world.js';
import { testWorld } from './world.js';

const keys = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

export const host = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

/** An emulated account, real Terraform, and a provider that needs no AWS. */
export interface TerraformWorld {
  readonly terraform: string;
  readonly moto: Moto;
  readonly provider: StandIn;
  readonly aws: AwsSession;
  readonly env: Readonly<Record<string, string>>;
  makeBucket(name: string): Promise<void>;
  makeTable(name: string): Promise<void>;
  /** An image in a repository of its own; resolves to its digest. */
  pushImage(repository: string, tag: string): Promise<string>;
  close(): Promise<void>;
}

/** Undefined with a line that says what is missing. */
export async function openTerraformWorld(): Promise<TerraformWorld | undefined> {
  const terraform = requireTerraform();
  const moto = terraform && (await startMoto());
  if (!terraform || !moto) return undefined;
  const provider = await installStandIn(terraform);
  const env = { ...provider.env, ...keys, AWS_ENDPOINT_URL: moto.url };
  const world: TestWorld = testWorld({ env: { ...env, AWS_REGION: 'eu-central-1' } });
  const aws = await openAws(world);
  return {
    terraform,
    moto,
    provider,
    aws,
    env,
    async makeBucket(bucket) {
      const place =
        '<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>';
      await aws.rest('s3').request('CreateBucket', { method: 'PUT', bucket, body: place });
    },
    async makeTable(name) {
      await aws.api('dynamodb').call('CreateTable', {
        TableName: name,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'LockID', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'LockID', KeyType: 'HASH' }],
      });
    },
    async pushImage(repository, tag) {
      const ecr = aws.api('ecr');
      await ecr.call('CreateRepository', { repositoryName: repository }).catch(() => undefined);
      const manifest = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', size: 2, digest: `sha256:${'1'.repeat(64)}` },
        layers: [],
        annotations: { tag },
      };
      const imageManifest = JSON.stringify(manifest);
      const imageDigest = `sha256:${createHash('sha256').update(imageManifest).digest('hex')}`;
      await ecr.call('PutImage', { repositoryName: repository, imageManifest, imageTag: tag, imageDigest });
      return imageDigest;
    },
    async close() {
      world.close();
      provider.remove();
      await moto.close();
    },
  };
}

/** A repository of a user, with `lading.yml`. */
export interface TerraformProject {
  readonly folder: string;
  run(args: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** The result, or the error, as `--json` prints it. */
  json(
    args: string,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ readonly code: number | null; readonly told: Told }>;
  start(args: string): RunningLading;
  read(path: string): string;
  write(path: string, text: string): void;
  remove(): void;
}

export interface Told {
  readonly error?: {
    readonly code: string;
    readonly kind: string;
    readonly message: string;
    readonly hint?: string;
    readonly details?: Readonly<Record<string, unknown>>;
    readonly issues?: readonly { readonly where: string; readonly message: string; readonly hint?: string }[];
  };
  readonly [name: string]: unknown;
}

export function openProject(world: TerraformWorld, name: string, settings: string): TerraformProject {
  const folder = mkdtempSync(join(tmpdir(), 'lading-project-'));
  const text = `region: eu-central-1\npush: { to: ${host}/${name} }\ndeploy: { cluster: ${name}, service: ${name} }\ninfra:\n${settings}`;
  writeFileSync(join(folder, 'lading.yml'), text);
  const options = (env: Readonly<Record<string, string>> = {}) => ({ cwd: folder, env: { ...world.env, ...env } });
  const run = (args: string, env?: Readonly<Record<string, string>>) => lading(args.split(' '), options(env));
  return {
    folder,
    run,
    async json(args, env) {
      const { code, stdout } = await run(`${args} --json`, env);
      return { code, told: JSON.parse(stdout) as Told };
    },
    start: (args) => startLading(args.split(' '), options()),
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    write: (path, content) => writeFileSync(join(folder, path), content),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
