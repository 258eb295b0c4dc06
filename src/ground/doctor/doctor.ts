import { dirname, join, relative } from 'node:path';
import type { AwsSession } from '../../aws/api.js';
import { readCaller } from '../../aws/reads/names.js';
import { openAws } from '../../aws/session.js';
import { partitionOf } from '../../aws/partition.js';
import type { Context } from '../../base/context.js';
import { pathExists } from '../../base/files/files.js';
import { withTask } from '../../base/tell/report.js';
import { issuerOf } from '../../github/origin.js';
import { readOrigin } from '../../image/git.js';
import { accountChecks } from './account/identity.js';
import { trustChecks } from './account/trust.js';
import { cannotTell, isFailedRead, runChecks } from './check.js';
import { readFilesScene } from './files.js';
import type { FilesScene } from './files.js';
import type { Finding } from './finding.js';
import { appChecks } from './next.js';
import { openAccountReads, openStateReads } from './open-reads.js';
import { openService, resourcesOf } from './open-service.js';
import { limitReads } from './reads.js';
import type { DoctorRequest } from './request.js';
import type { ToldRollout } from './result.js';
import { readRolloutFacts } from './rollout/read-facts.js';
import { predictRollout } from './rollout/predict.js';
import { ecrPlace } from './service/image-place.js';
import { serviceSceneChecks } from './service/checks.js';
import type { ServiceScene } from './service/scene.js';
import { stateChecks } from './terraform/state.js';
import { fileChecks } from './file-checks.js';

/** A finding, and of several services the one that it is about. */
export interface Found {
  readonly finding: Finding;
  readonly service?: string | undefined;
  /** The files alone say so. */
  readonly ofFiles?: boolean;
}

export interface Examination {
  /** The folder of the repository: places of findings are relative to it. */
  readonly folder: string;
  readonly found: readonly Found[];
  readonly rollouts: readonly ToldRollout[];
}

/** Looks at everything that a release needs, and changes nothing. */
export async function examine(request: DoctorRequest, context: Context): Promise<Examination> {
  const folder = await repositoryFolder(context);
  const files = await withTask(context, 'Look at the files', () => readFilesScene(context, folder));
  const [ofFiles, ofAws, ...ofMore] = await Promise.all([
    checkFiles(files, request, context),
    withTask(context, 'Look at AWS', () => examineAws(request, files, context)),
    ...request.more.map((more) => more()),
  ]);
  const plain = ofMore.flat().map((finding): Found => ({ finding }));
  return { folder, found: [...ofFiles, ...plain, ...ofAws.found], rollouts: ofAws.rollouts };
}

/** Looks at the files again, after some of them changed. */
export async function examineFiles(
  { folder }: Pick<Examination, 'folder'>,
  request: DoctorRequest,
  context: Context,
): Promise<readonly Found[]> {
  return checkFiles(await readFilesScene(context, folder), request, context);
}

async function checkFiles(files: FilesScene, { apps }: DoctorRequest, { signal }: Context): Promise<readonly Found[]> {
  const scene = { folder: files.folder, apps: apps.map((app) => relative(files.folder, app) || '.') };
  const found = await Promise.all([runChecks(fileChecks, files, signal), runChecks(appChecks, scene, signal)]);
  return found.flat().map((finding) => ({ finding, ofFiles: true }));
}

async function examineAws(
  request: DoctorRequest,
  files: FilesScene,
  context: Context,
): Promise<Pick<Examination, 'found' | 'rollouts'>> {
  const { places } = request;
  const opened = await openCaller(request, context);
  if ('finding' in opened) return { found: [opened], rollouts: [] };
  const scenes = await Promise.all(
    places.map(async (place) => {
      const session =
        place.region === undefined || place.region === opened.session.region
          ? opened.session
          : await openAws(context, { region: place.region });
      return { place, scene: await openService(limitReads(session), place, context) };
    }),
  );
  const services = scenes.flatMap(({ scene }) => ('reads' in scene ? [scene] : []));
  const account = accountFindings(request, { opened, files, services }, context);
  const looked = scenes.map(async ({ place, scene }) => {
    const service = places.length > 1 ? place.name : undefined;
    if (!('reads' in scene)) return { found: [{ finding: scene, service }], rollouts: [] };
    const [findings, rollout] = await Promise.all([
      runChecks(serviceSceneChecks, scene, context.signal),
      foretell(scene, place.name),
    ]);
    return { found: findings.map((finding) => ({ finding, service })), rollouts: [rollout] };
  });
  const all = await Promise.all(looked);
  return {
    found: [...(await account).map((finding) => ({ finding })), ...all.flatMap(({ found }) => found)],
    rollouts: all.flatMap(({ rollouts }) => rollouts),
  };
}

interface Opened {
  readonly session: AwsSession;
  readonly caller: { readonly account: string; readonly arn: string };
  readonly source: string;
}

/** Without credentials nothing of AWS can be told: that is told once. */
async function openCaller({ region }: DoctorRequest, context: Context): Promise<Opened | Found> {
  try {
    const session = await openAws(context, { region });
    const { source } = await session.credentials();
    return { session, source, caller: await readCaller(limitReads(session).api('sts')) };
  } catch (error) {
    if (!isFailedRead(error) || context.signal.aborted) throw error;
    return { finding: cannotTell('identity', 'What AWS has', error) };
  }
}

async function accountFindings(
  request: DoctorRequest,
  {
    opened,
    files,
    services,
  }: { readonly opened: Opened; readonly files: FilesScene; readonly services: readonly ServiceScene[] },
  context: Context,
): Promise<readonly Finding[]> {
  const { session, caller, source } = opened;
  const origin = await readOrigin(context, files.folder);
  const partition = partitionOf(session.region).id;
  const scene = {
    region: session.region,
    partition,
    source,
    caller,
    role: request.role,
    needs: request.needs,
    resources: resourcesOf(services, repositoryArns),
    workflows: files.workflows,
    repository: context.env['GITHUB_REPOSITORY'] ?? /^https:\/\/[^/]+\/([\w.-]+\/[\w.-]+)$/.exec(origin ?? '')?.[1],
    issuer: issuerOf(context.env['GITHUB_SERVER_URL'] ?? (origin === undefined ? undefined : new URL(origin).origin)),
    reads: openAccountReads(limitReads(session), context),
  };
  const state = {
    now: context.clock.now(),
    region: session.region,
    account: caller.account,
    files,
    reads: openStateReads(session, caller.account),
  };
  const found = await Promise.all([
    runChecks([...accountChecks, ...trustChecks], scene, context.signal),
    runChecks(stateChecks, state, context.signal),
  ]);
  return found.flat();
}

function repositoryArns(scene: ServiceScene): readonly string[] {
  return scene.task.containers.flatMap(({ image }) => {
    const place = ecrPlace(image, scene);
    return place
      ? [`arn:${scene.partition}:ecr:${place.region}:${place.account ?? scene.account}:repository/${place.name}`]
      : [];
  });
}

async function foretell(scene: ServiceScene, service: string): Promise<ToldRollout> {
  try {
    if (scene.settings.controller !== 'ECS')
      return { service, prediction: undefined, why: `${scene.settings.controller} rules it` };
    const prediction = predictRollout(await readRolloutFacts(scene));
    return { service, prediction, ...(scene.service.desiredCount === 0 && { why: 'it wants no tasks' }) };
  } catch (error) {
    if (!isFailedRead(error)) throw error;
    return { service, prediction: undefined, why: error.message };
  }
}

/** The nearest folder with `.git` from that of `lading.yml` on; without one, that very folder. */
async function repositoryFolder({ configFile, cwd }: Context): Promise<string> {
  const start = configFile === undefined ? cwd : dirname(configFile);
  for (let at = start, last = ''; at !== last; last = at, at = dirname(at))
    if (await pathExists(join(at, '.git'))) return at;
  return start;
}
