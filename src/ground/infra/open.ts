import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { AwsSession } from '../../aws/api.js';
import { customEndpoint } from '../../aws/endpoint.js';
import { openAws } from '../../aws/session.js';
import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { pathExists } from '../../base/files/files.js';
import { say, withTask } from '../../base/tell/report.js';
import { terraformEnvironment } from '../../terraform/environment.js';
import { initStack } from '../../terraform/init.js';
import { readOutputs } from '../../terraform/outputs.js';
import { findTerraform } from '../../terraform/program.js';
import type { OpenStack } from '../../terraform/run.js';
import { checkStackFolder, generatedIn, lastImage, writeBackend, writeVariables } from './generated.js';
import { pinImage } from './image.js';
import type { InfraRequest } from './request.js';
import { checkAccount, checkStateBucket, readAccount, stateBucketName } from './state-bucket.js';

/** A stack that Terraform can work on, with the world around it. */
export interface OpenInfra {
  readonly request: InfraRequest & { readonly bucket: string };
  readonly stack: OpenStack;
  readonly account: string;
  readonly region: string;
  /** Only of a run that changes nothing: values besides those in the folder. */
  readonly variableFile: string | undefined;
  /** Of the service stack, with its digest. */
  readonly image: string | undefined;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Writes nothing into the folder of the stack. */
  readonly dryRun?: boolean;
  /** As it was asked for; the one of the state when left out. */
  readonly image?: string | undefined;
  /** It has its digest, and is not looked for. */
  readonly isPinned?: boolean | undefined;
  /**
   * `values`: a plan needs all of them. `some`: those that are known are written. `destroy`: an image is needed, any will
   * do. `state`: nothing but what is there is read.
   */
  readonly need: 'values' | 'some' | 'destroy' | 'state';
  /** Between the checks and the first change. */
  readonly prepare?: () => Promise<void>;
}

/** Below this, credentials will not last for a load balancer. */
const SHORT_MS = 600_000;

/** Checks everything that can be checked before Terraform runs, writes what it reads, and connects it with its state. */
export async function openInfra(request: InfraRequest, options: OpenOptions, context: Context): Promise<OpenInfra> {
  const shown = relative(context.cwd, request.folder) || '.';
  const program = await findTerraform(context, request.terraform);
  if (!options.prepare) await checkStackFolder(request, shown);
  const session = await openAws(context, { region: request.region });
  const { account, bucket } = await withTask(context, 'Look at the account and its state bucket', () =>
    lookAtAws(request, session),
  );
  const keys = await session.credentials();
  const left = keys.expiration ? keys.expiration.getTime() - context.clock.now() : Number.POSITIVE_INFINITY;
  if (left < SHORT_MS) say(context.report, 'warning', 'The AWS credentials expire in less than ten minutes.');
  if (options.prepare) {
    await options.prepare();
    await checkStackFolder(request, shown);
  }

  const apart = options.dryRun ? await mkdtemp(join(tmpdir(), 'lading-infra-')) : undefined;
  const locksProviders = await pathExists(join(request.folder, LOCK_FILE));
  const close = async () => {
    if (apart === undefined) return;
    await rm(apart, { recursive: true, force: true });
    if (!locksProviders) await rm(join(request.folder, LOCK_FILE), { force: true });
  };
  try {
    const generated = generatedIn(apart ?? request.folder, request);
    const { key, lock, table, stateRegion = session.region } = request;
    const pathStyle = customEndpoint('s3', context.env) !== undefined;
    await writeBackend(generated, { bucket, key, lock, table, region: stateRegion, pathStyle });
    const env = terraformEnvironment(context.env, { keys, region: session.region, pass: request.passEnv });
    const stack: OpenStack = {
      program,
      name: request.stack,
      folder: request.folder,
      shown,
      bucket,
      env: apart === undefined ? env : { ...env, TF_DATA_DIR: join(apart, 'data') },
    };
    await withTask(context, `Connect ${request.stack} with its state`, () =>
      initStack(stack, generated.backendFile, context),
    );
    const image = options.need === 'state' ? undefined : await chooseImage(stack, request, options, session, context);
    if (options.need !== 'state') await writeVariables(generated, { ...request.variables, image });
    const variableFile = apart === undefined ? undefined : generated.variablesFile;
    return { request: { ...request, bucket }, stack, account, region: session.region, variableFile, image, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const LOCK_FILE = '.terraform.lock.hcl';

async function lookAtAws(request: InfraRequest, session: AwsSession) {
  const account = await readAccount(session);
  checkAccount(account, request.account);
  const { stateRegion } = request;
  const bucket = request.bucket ?? stateBucketName(account, stateRegion ?? session.region);
  await checkStateBucket(session, { bucket, stateRegion }, account);
  return { account, bucket };
}

/** What is asked for, else what the state has: a plan without a new image must not change it. */
async function chooseImage(
  stack: OpenStack,
  request: InfraRequest,
  { image, isPinned, need }: OpenOptions,
  session: AwsSession,
  context: Context,
): Promise<string | undefined> {
  if (request.stack !== 'service') return undefined;
  if (image !== undefined) return isPinned ? image : pinImage(image, session, context);
  const { values } = await readOutputs(stack, context);
  const known = typeof values.image === 'string' ? values.image : await lastImage(request.folder);
  if (known !== undefined) return known;
  if (need === 'some') return undefined;
  if (need === 'destroy') return `none@sha256:${'0'.repeat(64)}`;
  throw new InputError({
    where: '--image',
    message: 'is missing, and the state has none yet: a service cannot start without one',
    hint: 'Push an image, and name it with --image REPOSITORY:TAG.',
  });
}
