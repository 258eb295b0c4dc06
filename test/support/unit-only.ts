// Loaded before each unit test: what needs a program or a network is a test of test/e2e.
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { Socket } from 'node:net';

type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** Is a call of the system, but not one of Node's. */
const ALLOWED = new Set(['mkfifo']);
const LOOPBACK = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;

function guard(owner: object, name: string, refuse: (args: readonly unknown[]) => string | undefined): void {
  const methods = owner as Record<string, Callable>;
  const original = methods[name]!;
  methods[name] = function (...args) {
    const what = refuse(args);
    if (what !== undefined) throw new Error(`A unit test ${what}. A test that has to belongs in test/e2e.`);
    return original.apply(this, args);
  };
}

function programOf(first: unknown): string | undefined {
  const name = typeof first === 'string' ? first : (first as { readonly file: string }).file;
  return ALLOWED.has(name) ? undefined : `starts the program ${name}`;
}

/** Node's own callers hand over the normalized form of the arguments: a list in the list. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first !== 'object' || first === null) return undefined;
  const { host, path } = first as { readonly host?: string; readonly path?: string | null };
  return path || !host || LOOPBACK.test(host) ? undefined : `connects to ${host}`;
}

const guarded = Symbol.for('lading.unit-only');
const world = globalThis as { [guarded]?: boolean };
// Files share a process, and each loads this one.
if (!world[guarded]) {
  world[guarded] = true;
  guard(childProcess.ChildProcess.prototype, 'spawn', ([options]) => programOf(options));
  for (const name of ['spawnSync', 'execFileSync', 'execSync'])
    guard(childProcess, name, ([program]) => programOf(program));
  guard(Socket.prototype, 'connect', hostOf);
  syncBuiltinESMExports();
}
