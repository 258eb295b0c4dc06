import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathExists } from '../../base/files/files.js';
import { withTask } from '../../base/tell/report.js';
import { formatPlatform } from '../../oci/platform.js';
import type { AppToHaveMade, BuilderContext, ImageBuilder } from '../builders/builder.js';
import type { ForeignImage, ForeignOrder } from '../foreign/foreign-image.js';
import { chooseEngine } from './engines/choose-engine.js';
import type { ChosenEngine } from './engines/choose-engine.js';
import { secretVariables } from './engines/arguments.js';
import type { EngineRequest } from './engines/engine.js';
import { needsOf } from './engines/engine.js';
import { engineEnvironment } from './engines/run-engine.js';
import { explainFailure } from './explain-failure.js';
import type { IgnoreFile } from './source/ignore-file.js';
import { readIgnoreFile, stageFiles } from './source/ignore-file.js';
import { checkContext, DEFAULT_LIMIT } from './source/measure-context.js';
import type { Dockerfile } from './source/read-dockerfile.js';
import { checkTarget, readDockerfile } from './source/read-dockerfile.js';
import { maskSecrets, warnOfArguments } from './source/secrets.js';
import { readArchive } from './takeout/read-archive.js';

/** Any app with a Dockerfile, built by an engine that is here. */
export const dockerfileBuilder: ImageBuilder = {
  name: 'dockerfile',
  title: 'Dockerfile',
  async recognises(app) {
    if (await pathExists(join(app, 'Dockerfile'))) return { sureness: 'maybe', reason: 'it has a Dockerfile' };
    return { sureness: 'none', reason: 'it has no Dockerfile' };
  },
  async prepare(app, context) {
    const { said } = app;
    const dockerfile = await readDockerfile(said.file ?? join(app.app, 'Dockerfile'));
    checkTarget(dockerfile, said.target);
    await maskSecrets(said.secret ?? [], context);
    warnOfArguments(said, context);
    const chosen = await chooseEngine(said.engine ?? 'auto', needsOf(said), context);
    const ignore = await readIgnoreFile(app.app, dockerfile, { kind: chosen.engine.ignores, output: app.output });
    await checkContext(app.app, ignore, said.contextLimit ?? DEFAULT_LIMIT, context);
    return (order, running) => buildFor(order, { app, dockerfile, ignore, chosen }, running);
  },
};

interface Prepared {
  readonly app: AppToHaveMade;
  readonly dockerfile: Dockerfile;
  readonly ignore: IgnoreFile;
  readonly chosen: ChosenEngine;
}

/** Builds the image for one platform. Its layers can be read as long as the folder of the order is there. */
async function buildFor(order: ForeignOrder, prepared: Prepared, context: BuilderContext): Promise<ForeignImage> {
  const { app, dockerfile, ignore, chosen } = prepared;
  const { found } = chosen;
  const request: EngineRequest = {
    app: app.app,
    files: await stageFiles(join(order.scratch, 'files'), dockerfile, ignore),
    platform: order.platform,
    said: withSourceDate(app),
    tag: `lading-build:${randomBytes(8).toString('hex')}`,
    idFile: join(order.scratch, 'id'),
    archive: join(order.scratch, 'image.tar'),
  };
  let settled: Promise<void> | undefined;
  try {
    await runBuild(request, prepared, context);
    const id = (await readFile(request.idFile, 'utf8').catch(() => '')).trim();
    if (found.save) {
      const { save } = found;
      await withTask(context, `Take the image out of ${found.title}`, () => save({ request, id }, context));
    }
    // Who takes the image over need not wait for that.
    settled = found.cleanUp?.(request, context) ?? Promise.resolve();
    return { ...(await readArchive(request.archive, order.platform, found.title)), settled };
  } catch (error) {
    await (settled ?? found.cleanUp?.(request, context));
    throw error;
  }
}

async function runBuild(request: EngineRequest, prepared: Prepared, context: BuilderContext): Promise<void> {
  const { dockerfile, chosen } = prepared;
  const { program, args, env, watcher } = chosen.found.command(request);
  const platform = formatPlatform(request.platform);
  const pass = [...prepared.app.passEnv, ...secretVariables(request)];
  await withTask(context, `Build ${dockerfile.name} with ${chosen.found.title} for ${platform}`, async (task) => {
    const ended = await context.exec(program, args, {
      cwd: request.app,
      env: { ...engineEnvironment(context.env, pass), ...env },
      signal: context.signal,
      keep: 0,
      onLine(line, stream) {
        const told = watcher.push(line, stream);
        if (!told) return;
        context.report({ type: 'line', source: 'build', text: told.text });
        if (told.progress)
          task.progress(told.progress.done, told.progress.total, { unit: 'count', detail: told.text.slice(0, 80) });
      },
    });
    if (ended.code === 0) return;
    throw explainFailure({ dockerfile, engine: chosen.found.title, platform, failure: watcher.failure(), ended });
  });
}

/** BuildKit takes the time of an image from an argument. https://docs.docker.com/build/ci/github-actions/reproducible-builds/ */
function withSourceDate({ said, createdAt }: AppToHaveMade) {
  if (createdAt === 0 || said.buildArg?.SOURCE_DATE_EPOCH !== undefined) return said;
  return { ...said, buildArg: { ...said.buildArg, SOURCE_DATE_EPOCH: String(createdAt) } };
}
