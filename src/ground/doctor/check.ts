import { LadingError, messageOf } from '../../base/errors.js';
import { isDenied } from '../../ecs/seen.js';
import type { Finding } from './finding.js';
import { unknown } from './finding.js';

/** One question about what a release needs. `Scene` is all that it may look at. */
export interface Check<Scene> {
  readonly id: string;
  /** What is looked at, in a few words: it stands in what cannot be told. */
  readonly title: string;
  /** Nothing is found where there is nothing to look at. What it reads may fail: that is told of this check alone. */
  run(scene: Scene): readonly Finding[] | Promise<readonly Finding[]>;
}

/** Every check at once. A read that fails makes its own check unknown and ends nothing; a cancelled run does end. */
export async function runChecks<Scene>(
  checks: readonly Check<Scene>[],
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const found = await Promise.all(checks.map((check) => runCheck(check, scene, signal)));
  return found.flat();
}

async function runCheck<Scene>(
  { id, title, run }: Check<Scene>,
  scene: Scene,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return await run(scene);
  } catch (error) {
    if (signal.aborted || !isFailedRead(error)) throw error;
    return [cannotTell(id, title, error)];
  }
}

/** Looks at several things of one check: a read that fails makes its own thing unknown. */
export async function eachThing<Thing>(
  things: readonly Thing[],
  what: (thing: Thing) => Pick<Check<unknown>, 'id' | 'title'>,
  look: (thing: Thing) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const found = things.map(async (thing) => {
    try {
      return await look(thing);
    } catch (error) {
      if (!isFailedRead(error)) throw error;
      const { id, title } = what(thing);
      return [cannotTell(id, title, error)];
    }
  });
  return (await Promise.all(found)).flat();
}

/** What makes one thing unknown, and ends nothing. */
export function isFailedRead(error: unknown): error is LadingError {
  return error instanceof LadingError && error.kind !== 'cancelled';
}

export function cannotTell(code: string, title: string, error: LadingError): Finding {
  const why = isDenied(error) && error.denial?.action ? `${error.denial.action} is denied` : messageOf(error);
  return unknown(code, `${title}: cannot be told, ${why}`, { fix: error.hint });
}
