import { defineCommand } from '../base/declare/command.js';
import type { InitResult } from '../ground/init/init.js';
import { filesText, workflowInputs } from './inputs/init.js';

/** `lading init rollback`. */
export const initRollback = defineCommand({
  name: 'init rollback',
  summary: 'Writes the workflow by which a person goes back to the revision before',
  description:
    'Started by hand, behind the approvals of an environment when one is named. Of several services one is chosen.',
  inputs: workflowInputs,
  examples: [
    {
      command: 'lading init rollback --github-environment production',
      about: 'Behind the approvals of an environment',
    },
  ],
  async run(values, context): Promise<InitResult> {
    const { initFolder } = await import('../ground/init/init.js');
    return initFolder(values, context, 'rollback');
  },
  text: (result) => filesText(result),
});
