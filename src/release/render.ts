import { randomUUID } from 'node:crypto';
import { basename, join } from 'node:path';
import { AwsError } from '../aws/failure.js';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { replaceFile } from '../base/files/files.js';
import type { Facts } from '../base/tell/page.js';
import { say } from '../base/tell/report.js';
import type { EcsApi } from '../ecs/api.js';
import { readService } from '../ecs/api.js';
import { diffDefinitions } from '../ecs/definition/diff.js';
import { registrable, revisionOf } from '../ecs/definition/read.js';
import type { Rendering } from '../ecs/definition/render.js';
import { renderDefinition } from '../ecs/definition/render.js';
import type { TaskDefinition } from '../ecs/shapes.js';
import { openEcs } from './open-ecs.js';
import { readDefinition } from './stages/definitions.js';

export interface RenderRequest {
  /** Before `family`, and that before what the service runs. */
  readonly file: string | undefined;
  /** Whether this run named the file; one of `lading.yml` gives way to a family that is named. */
  readonly isFileSpoken: boolean;
  /** Family, `FAMILY:REVISION` or ARN. */
  readonly family: string | undefined;
  readonly revision: number | undefined;
  readonly place: { readonly cluster: string; readonly service: string } | undefined;
  readonly region: string | undefined;
  readonly rendering: Rendering;
  /** Say what differs from what the service runs; without a service from the newest revision of the family. */
  readonly diff: boolean;
  /** Undefined: a file of its own in the temporary folder of a job's runner; none elsewhere. */
  readonly output: string | undefined;
}

export interface RenderResult {
  /** What it was made from: a file, or `FAMILY:REVISION`. */
  readonly from: string;
  /** Where it was written. */
  readonly file: string | undefined;
  /** As RegisterTaskDefinition takes it. */
  readonly taskDefinition: Readonly<Record<string, unknown>>;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  /** A line for each value that differs; undefined when nobody asked. */
  readonly changes: readonly string[] | undefined;
  /** What it was compared with; undefined also when there is none yet. */
  readonly against: string | undefined;
  /** Whether the file is one that was asked for. */
  readonly asked: boolean;
}

/** Makes a task definition of another one, and registers nothing. */
export async function renderTaskDefinition(request: RenderRequest, context: Context): Promise<RenderResult> {
  const { place, region } = request;
  const revision = revisionAsked(request);
  const file = revision === undefined || request.isFileSpoken ? request.file : undefined;
  if (file !== undefined && revision !== undefined)
    say(context.report, 'warning', `The file ${file} is taken, and ${revision} is not looked at.`);
  let opened: Promise<EcsApi> | undefined;
  const open = () => (opened ??= openEcs(context, { region }).then(({ ecs }) => ecs));
  const running = async () => {
    if (!place) return undefined;
    const ecs = await open();
    return ecs.taskDefinition((await readService(ecs, place.cluster, place.service)).taskDefinition);
  };
  const base =
    file !== undefined ? readDefinition(file) : revision !== undefined ? read(await open(), revision) : running();
  const before = await base;
  if (!before) throw missing();
  const after = renderDefinition(before, request.rendering);
  const against = request.diff ? await (place ? running() : newest(await open(), after.family)) : undefined;
  const taskDefinition = registrable(after);
  const result: RenderResult = {
    from:
      before.taskDefinitionArn !== undefined && file === undefined
        ? revisionOf(before.taskDefinitionArn)
        : (file ?? before.family),
    file: await write(request.output, taskDefinition, context),
    taskDefinition,
    images: after.containerDefinitions.flatMap(({ name, image }) =>
      image === undefined ? [] : [{ container: name, image }],
    ),
    changes: request.diff ? (against ? diffDefinitions(against, after) : []) : undefined,
    against: against?.taskDefinitionArn && revisionOf(against.taskDefinitionArn),
    asked: request.output !== undefined,
  };
  if (request.diff && !against) say(context.report, 'info', `${after.family} has no revision yet to compare with.`);
  context.report({
    type: 'page',
    page: { title: `Task definition: ${after.family}`, blocks: [factsOf(result), ...changesOf(result)] },
  });
  return result;
}

/** As DescribeTaskDefinition takes it. */
function revisionAsked({ family, revision }: RenderRequest): string | undefined {
  if (revision === undefined) return family;
  const where = '--revision';
  if (family === undefined) {
    throw new InputError({ where, message: 'is given without --family', hint: 'Name the family, too.' });
  }
  if (revision < 1) throw new InputError({ where, message: `is a number from 1 on, not ${revision}` });
  if (!family.includes(':')) return `${family}:${revision}`;
  throw new InputError({ where, message: `${family} names a revision already`, hint: 'Give one of them.' });
}

async function read(ecs: EcsApi, revision: string): Promise<TaskDefinition> {
  return ecs.taskDefinition(revision).catch((cause: unknown) => {
    if (!isNone(cause)) throw cause;
    const message = `there is no task definition ${revision} in ${ecs.region}`;
    throw new InputError({ where: '--family', message, hint: 'List them with `aws ecs list-task-definitions`.' });
  });
}

async function newest(ecs: EcsApi, family: string): Promise<TaskDefinition | undefined> {
  return ecs.taskDefinition(family).catch((cause: unknown) => {
    if (isNone(cause)) return undefined;
    throw cause;
  });
}

function isNone(error: unknown): boolean {
  return error instanceof AwsError && /ClientException|InvalidParameter|NotFound/.test(error.type);
}

function missing(): InputError {
  const hint = 'Give a file with --task-definition, a family or an ARN with --family, or a service with --service.';
  return new InputError({ where: '--task-definition', message: 'is missing: it is not said what to render', hint });
}

/** A job's runner keeps the folder until the job ends, and the steps that follow read it. */
async function write(output: string | undefined, definition: object, { env }: Context): Promise<string | undefined> {
  const temporary = env.RUNNER_TEMP;
  if (output === undefined && !temporary) return undefined;
  const file = output ?? join(temporary ?? '', `task-definition-${randomUUID()}.json`);
  // Variables may be secrets.
  await replaceFile(file, `${JSON.stringify(definition, undefined, 2)}\n`, 0o600).catch((error: Error) => {
    throw new InputError({ where: '--output', message: `${file} cannot be written: ${error.message}` });
  });
  return file;
}

function factsOf({ from, file, images }: RenderResult): Facts {
  return {
    type: 'facts',
    rows: [
      { name: 'From', value: { code: basename(from) } },
      { name: 'File', value: file && { code: file } },
      ...images.map(({ container, image }) => ({ name: container, value: { code: image } })),
    ],
  };
}

function changesOf({ changes, against }: RenderResult) {
  if (!changes || against === undefined) return [];
  const title = changes.length === 0 ? `Nothing differs from ${against}` : `Against ${against}`;
  return [{ type: 'code' as const, title, text: changes.join('\n') }];
}
