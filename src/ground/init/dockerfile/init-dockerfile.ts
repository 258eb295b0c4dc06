import { join } from 'node:path';
import type { Context } from '../../../base/context.js';
import { InputError } from '../../../base/errors.js';
import { say } from '../../../base/tell/report.js';
import { dockerIgnore } from '../plan/docker-ignore.js';
import { lookAround, pathBelow } from '../look/look.js';
import { settleFiles } from '../settle-files.js';
import type { SettledFiles } from '../settle-files.js';
import { dockerfileText } from './dockerfile.js';
import { readDockerFacts } from './facts.js';

export interface DockerfileValues {
  readonly app?: string | undefined;
  readonly base: string;
  readonly port: number;
  readonly yes?: boolean | undefined;
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
}

export interface DockerfileResult extends SettledFiles {
  /** What a person still has to do. */
  readonly steps: readonly string[];
}

/** A Dockerfile and what it leaves out, for the app that is found. */
export async function initDockerfile(values: DockerfileValues, context: Context): Promise<DockerfileResult> {
  const look = await lookAround(context, values.app);
  if (!look.app) {
    throw new InputError({ where: '--app', message: `is missing: there are ${look.apps.join(', ')}` });
  }
  if (values.base.startsWith('oci:'))
    throw new InputError({ where: '--base', message: 'is a layout, which no Dockerfile can name' });
  if (!Number.isInteger(values.port) || values.port < 1 || values.port > 65_535)
    throw new InputError({ where: '--port', message: `${values.port} is no port` });
  const facts = await readDockerFacts(look.app);
  if (/[^\w./@+-]/.test(`${facts.path}${facts.output}`))
    throw new InputError({ where: '--app', message: `the path ${facts.path} cannot stand in a Dockerfile` });
  const text = dockerfileText(facts, values);
  const { folder } = look.app;
  // Of an app within a workspace the whole of it is sent to the engine, which reads the file beside the Dockerfile.
  const ignore = facts.path === '' ? '.dockerignore' : 'Dockerfile.dockerignore';
  const files = [
    { path: join(folder, 'Dockerfile'), text },
    { path: join(folder, ignore), text: dockerIgnore({ builder: facts.kind }, text), yields: true },
  ];
  const settled = await settleFiles(files, { ...values, top: look.repository.top }, context);
  const sent = facts.path === '' ? '.' : (pathBelow(context.cwd, facts.packages.root) ?? facts.packages.root);
  const file = facts.path === '' ? '' : ` -f ${pathBelow(context.cwd, join(folder, 'Dockerfile')) ?? ''}`;
  const secret = facts.hasNpmrc ? ' --secret id=npmrc,src=.npmrc' : '';
  const steps = [`Try it: docker build${file}${secret} ${sent}`];
  for (const one of steps) say(context.report, 'info', one);
  return { ...settled, steps };
}
