import * as v from 'valibot';
import { LadingError, messageOf } from '../../../base/errors.js';
import type { EngineContext, MissingEngine } from './engine.js';
import { engineEnvironment, lastLine } from './run-engine.js';

/** The `docker` command that is here, and the engine that answers it. */
export interface DockerParts {
  readonly missing?: undefined;
  readonly client: string;
  readonly server: string;
  /** Version of the buildx plugin; undefined without it. */
  readonly buildx: string | undefined;
}

const versions = v.looseObject({
  Client: v.looseObject({ Version: v.string() }),
  Server: v.nullish(v.looseObject({ Version: v.string() })),
});

const install = 'Install Docker, start it, and see that `docker version` shows client and server.';

export async function readDocker(context: EngineContext): Promise<DockerParts | MissingEngine> {
  const ask = (...args: readonly string[]) =>
    context.exec('docker', args, { env: engineEnvironment(context.env), signal: context.signal });
  try {
    const [told, plugin] = await Promise.all([ask('version', '--format', '{{json .}}'), ask('buildx', 'version')]);
    const parsed = v.safeParse(versions, parsedJson(told.stdout));
    const client = parsed.success ? parsed.output.Client.Version : undefined;
    if (client === undefined) return { missing: `docker does not tell its version: ${lastLine(told)}`, hint: install };
    const server = parsed.success ? parsed.output.Server?.Version : undefined;
    if (told.code !== 0) return { missing: `docker does not reach its engine: ${lastLine(told)}`, hint: install };
    if (server === undefined)
      return { missing: 'docker is another program here, without an engine', hint: 'Name it with --engine podman.' };
    const buildx = plugin.code === 0 ? /\d+\.\d+(\.\d+)?/.exec(plugin.stdout)?.[0] : undefined;
    return { client, server, buildx };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof LadingError)) throw error;
    const isMissing = error.code === 'TOOL_MISSING';
    return { missing: isMissing ? 'docker is not installed' : messageOf(error), hint: install };
  }
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
