import { resolve } from 'node:path';
import { openAws } from '../../../aws/session.js';
import type { Context } from '../../../base/context.js';
import { InputError } from '../../../base/errors.js';
import { ecsApi } from '../../../ecs/api.js';
import type { Look } from '../look/look.js';
import type { InitRequest } from '../request.js';
import { firstOf, textOf } from '../settings.js';
import type { Carried } from './carried.js';

/** What is to be carried over: an ECS service, or the file of another tool. */
export async function readSource(from: string, request: InitRequest, look: Look, context: Context): Promise<Carried> {
  if (from === 'service') return readServiceSource(request, look, context);
  const path = resolve(context.cwd, from);
  const { readFileSource } = await import('./file.js');
  return readFileSource(path, from, look, context);
}

async function readServiceSource({ settings: given }: InitRequest, look: Look, context: Context): Promise<Carried> {
  const settings = firstOf(given, look.config?.settings ?? {});
  const service = textOf(settings, 'deploy.service');
  const cluster = textOf(settings, 'deploy.cluster') ?? 'default';
  if (service === undefined) {
    const hint = 'Name it: lading init --from service --cluster CLUSTER --service SERVICE';
    throw new InputError({ where: '--service', message: 'is missing', hint });
  }
  const session = await openAws(context, { region: textOf(settings, 'region') });
  const { carryService } = await import('./ecs-service.js');
  return carryService(ecsApi(session.api('ecs')), { cluster, service }, context.env);
}
