import { expect } from 'vitest';
import type { Botocore } from './botocore.js';
import type { Stage } from './stage.js';
import { openStage } from './stage.js';

type Input = Readonly<Record<string, unknown>>;

/** In AWS's own SDK since 3.1164, and not yet in the model of this botocore. */
const YOUNGER = /: (resetOnHealthyTask|thresholdConfiguration|earlySuccessCriteria) is not in the model$/;

export interface Rehearsal extends Stage {
  /** By AWS's client, which reads the answer. */
  call<Output>(service: string, operation: string, input?: Input): Promise<Output>;
  /** `Type: message` of a refusal, or `answered`. */
  refusal(service: string, operation: string, input?: Input): Promise<string>;
  refused(service: string, operation: string, input?: Input): Promise<string | undefined>;
  /** All that was called keeps to the model of AWS. What was answered is added to `answered`. */
  expectFaithful(): Promise<void>;
}

/** A stage with botocore's own client before it, whose reads follow writes at once unless it is told otherwise. */
export async function openRehearsal(
  judge: Botocore,
  about: Parameters<typeof openStage>,
  answered: Set<string>,
): Promise<Rehearsal> {
  const [name, service, options] = about;
  const stage = await openStage(name, service, { consistency: 'strong', ...options });
  const { sandbox } = stage;
  const ask = (service: string, operation: string, input: Input = {}) =>
    judge.call(sandbox.url, service, operation, input);
  return {
    ...stage,
    async call<Output>(service: string, operation: string, input?: Input): Promise<Output> {
      const { output, error } = await ask(service, operation, input);
      if (error) throw new Error(`${service} ${operation}: ${error.code}: ${error.message}`);
      return output as Output;
    },
    async refusal(service, operation, input) {
      const { error } = await ask(service, operation, input);
      return error ? `${error.code}: ${error.message}` : 'answered';
    },
    refused: async (service, operation, input) => (await ask(service, operation, input)).error?.code,
    async expectFaithful() {
      for (const entry of sandbox.journal) if (!entry.fault) answered.add(`${entry.service} ${entry.operation}`);
      expect((await judge.check(sandbox.journal)).filter((line) => !YOUNGER.test(line))).toEqual([]);
    },
  };
}
