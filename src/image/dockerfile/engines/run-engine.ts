import type { Environment } from '../../../base/context.js';
import { ToolError } from '../../../base/errors.js';
import { howItEnded } from '../../../base/programs/exec.js';
import { childEnvironment } from '../../../base/programs/child-environment.js';
import { oneLine } from '../../../base/tell/printable.js';
import type { EngineContext } from './engine.js';

/** What an engine needs of what others are kept from: the logins with which it pulls, and the cache of a runner. */
const ENGINE = /^(AWS_|DOCKER_AUTH_CONFIG$|ACTIONS_(RUNTIME_TOKEN|RESULTS_URL|CACHE_URL|CACHE_SERVICE_V2)$)/;

/** `pass` names the variables of secrets. */
export function engineEnvironment(env: Environment, pass: readonly string[] = []): Environment {
  const own = Object.keys(env).filter((name) => ENGINE.test(name));
  return childEnvironment(env, [...own, ...pass]).env;
}

/** Runs one of the engine's smaller commands. Throws when it ends badly. */
export async function runEngine(program: string, args: readonly string[], context: EngineContext): Promise<string> {
  const ended = await context.exec(program, args, { env: engineEnvironment(context.env), signal: context.signal });
  if (ended.code === 0) return ended.stdout;
  const noRoom = /no space left on device/i.test(ended.stderr);
  const words = args.filter((word) => !word.startsWith('/')).slice(0, 3);
  throw new ToolError('tool', `${[program, ...words].join(' ')} ${howItEnded(ended)}: ${lastLine(ended)}`, {
    code: noRoom ? 'DISK_FULL' : 'ENGINE_FAILED',
    hint: noRoom ? 'Free some space on that disk, or choose another place with --output.' : undefined,
  });
}

/** The same where a failure changes nothing any more; also while the run is being cancelled. */
export async function tryEngine(program: string, args: readonly string[], context: EngineContext): Promise<void> {
  const signal = AbortSignal.timeout(CLEANING_MS);
  const env = engineEnvironment(context.env);
  await context.exec(program, args, { env, signal }).catch(() => undefined);
}

const CLEANING_MS = 10_000;

/** What a program said last. */
export function lastLine({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  return oneLine(lines.filter((line) => line !== '').at(-1) ?? 'it printed nothing');
}
