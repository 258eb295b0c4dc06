import { ToolError } from '../../../base/errors.js';
import { say } from '../../../base/tell/report.js';
import type { Engine, EngineContext, FoundEngine, Need } from './engine.js';
import type { EngineName } from './names.js';
import { engineNames } from './names.js';

/** An engine is loaded when it is asked. */
const loaders: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  buildx: async () => (await import('./buildx.js')).buildx,
  docker: async () => (await import('./docker.js')).docker,
  buildah: async () => (await import('./buildah.js')).buildah,
  podman: async () => (await import('./podman.js')).podman,
};

export interface ChosenEngine {
  readonly engine: Engine;
  readonly found: FoundEngine;
}

/** The engine that was asked for, or the first that is there and can do what is needed. */
export async function chooseEngine(
  asked: 'auto' | EngineName,
  needs: readonly Need[],
  context: EngineContext,
): Promise<ChosenEngine> {
  const candidates = engineNames.filter((name) => asked === 'auto' || name === asked);
  const passed: { readonly why: string; readonly hint: string | undefined; readonly old: boolean }[] = [];
  for (const name of candidates) {
    const engine = await loaders[name]();
    const found = await engine.find(context);
    const lack = found.missing === undefined ? found.lacks(needs) : undefined;
    if (found.missing === undefined && lack === undefined) {
      const why = passed.map((one) => one.why).join('; ');
      say(context.report, 'debug', `the Dockerfile is built by ${found.title}${why === '' ? '' : ` (${why})`}`);
      return { engine, found };
    }
    passed.push({
      why: found.missing ?? `${found.title} ${lack ?? ''}`,
      hint: found.missing === undefined ? undefined : found.hint,
      old: found.missing === undefined,
    });
  }
  const isOld = passed.some(({ old }) => old);
  const [only] = passed;
  // Two of them are ways to one program.
  const reasons = [...new Set(passed.map(({ why }) => why))];
  throw new ToolError('tool', `nothing here can build the Dockerfile: ${reasons.join('; ')}`, {
    code: isOld ? 'ENGINE_TOO_OLD' : 'ENGINE_MISSING',
    hint:
      asked !== 'auto' && only?.hint !== undefined
        ? only.hint
        : isOld
          ? 'Take a newer one, another with --engine, or leave out what it cannot do.'
          : 'Install Docker with buildx, buildah or podman; GitHub’s Ubuntu runners have all of them.',
    details: { engines: reasons },
  });
}
