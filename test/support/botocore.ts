import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { Environment } from '../../src/base/context.js';
import type { JournalEntry } from '../../src/sandbox/service.js';
import { requireBotocore } from './aws-tools.js';

export interface Botocore {
  /** What the model of AWS objects to in inputs, outputs and errors; each once. */
  check(entries: readonly JournalEntry[]): Promise<readonly string[]>;
  /** A call of botocore's own client with an environment for AWS, parsed by it. Times are `{ datetime }`. */
  call(
    env: Environment,
    service: string,
    operation: string,
    input?: Readonly<Record<string, unknown>>,
  ): Promise<BotocoreAnswer>;
  close(): Promise<void>;
}

export interface BotocoreAnswer {
  readonly output?: unknown;
  readonly error?: { readonly code: string; readonly message: string; readonly status: number };
}

/** A Python process beside the test; undefined when there is no botocore here. */
export function openBotocore(): Botocore | undefined {
  const python = requireBotocore();
  if (!python) return undefined;
  const child = spawn(python, [join(import.meta.dirname, 'botocore_check.py')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve())).then(() => {
    for (const one of waiting.splice(0)) one.reject(new Error(`botocore_check.py ended: ${said}`));
  });
  const ask = async (command: unknown): Promise<unknown> => {
    const answer = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
    child.stdin.write(`${JSON.stringify(command)}\n`);
    return JSON.parse(await answer);
  };
  return {
    check: async (entries) => ((await ask({ check: entries })) as { wrong: string[] }).wrong,
    async call(env, service, operation, input = {}) {
      const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = env;
      const credentials = [AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN];
      return (await ask({ call: [AWS_ENDPOINT_URL, service, operation, input, credentials] })) as BotocoreAnswer;
    },
    async close() {
      child.stdin.end();
      await closed;
    },
  };
}
