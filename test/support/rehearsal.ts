import { expect } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/start.js';
import type { Botocore } from './botocore.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

type Input = Readonly<Record<string, unknown>>;

/** In AWS's own SDK since 3.1164, and not yet in the model of this botocore. */
const YOUNGER = /: (resetOnHealthyTask|thresholdConfiguration|earlySuccessCriteria) is not in the model$/;

/** A stage with botocore's own client before it, and its models behind; reads follow writes at once unless it is told otherwise. */
export interface Rehearsal extends Stage {
  call<Output>(service: string, operation: string, input?: Input): Promise<Output>;
  /** The code of the error; undefined when there was none. */
  refused(service: string, operation: string, input?: Input): Promise<string | undefined>;
  /** Code and message of the error. */
  told(service: string, operation: string, input?: Input): Promise<string>;
  /** All pages of a read, by its token: what each of them holds under `field`. */
  pages<Item>(service: string, operation: string, input: Input, field: string): Promise<readonly Item[][]>;
  /** All that was called so far keeps to the models. */
  expectFaithful(): Promise<void>;
}

/** Opens a stage whose reads follow writes at once, unless it is told otherwise. `answered` collects the operations whose answers were checked, as `ecr PutImage`. */
export async function rehearse(
  judge: Botocore,
  name: string,
  answered: Set<string>,
  options: SandboxOptions & { readonly service?: Parameters<typeof openStage>[1] } = {},
): Promise<Rehearsal> {
  const { service, ...others } = options;
  const stage = await openStage(name, service, { consistency: 'strong', ...others });
  const { sandbox } = stage;
  const ask = (service: string, operation: string, input: Input = {}) =>
    judge.call(sandbox.env, service, operation, input);
  async function call<Output>(service: string, operation: string, input?: Input): Promise<Output> {
    const { output, error } = await ask(service, operation, input);
    if (error) throw new Error(`${service} ${operation}: ${error.code}: ${error.message}`);
    return output as Output;
  }
  return {
    ...stage,
    call,
    refused: async (service, operation, input) => (await ask(service, operation, input)).error?.code,
    async told(service, operation, input) {
      const { error } = await ask(service, operation, input);
      return error ? `${error.code}: ${error.message}` : 'no error';
    },
    async pages<Item>(service: string, operation: string, input: Input, field: string) {
      const pages: Item[][] = [];
      for (let nextToken: string | undefined, at = 0; at === 0 || (nextToken !== undefined && at < 100); at++) {
        const page = await call<{ nextToken?: string }>(service, operation, {
          ...input,
          ...(nextToken && { nextToken }),
        });
        pages.push((page as unknown as Record<string, Item[]>)[field] ?? []);
        nextToken = page.nextToken;
      }
      return pages;
    },
    async expectFaithful() {
      for (const entry of sandbox.journal) if (!entry.fault) answered.add(`${entry.service} ${entry.operation}`);
      expect((await judge.check(sandbox.journal)).filter((line) => !YOUNGER.test(line))).toEqual([]);
    },
  };
}
