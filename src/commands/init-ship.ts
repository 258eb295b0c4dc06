import { defineCommand } from '../base/declare/command.js';
import type { InitResult } from '../ground/init/init.js';
import { filesText, workflowInputs } from './inputs/init.js';

/** `lading init ship`. */
export const initShip = defineCommand({
  name: 'init ship',
  summary: 'Writes the workflow that ships each commit, as lading.yml says',
  description:
    'A job for each image of `lading.yml` and one that deploys, with two roles: who makes an image cannot deploy, who deploys cannot push. `lading init` writes it, too, with a `lading.yml`.',
  inputs: workflowInputs,
  examples: [
    { command: 'lading init ship --github-environment production', about: 'Behind the approvals of an environment' },
  ],
  async run(values, context): Promise<InitResult> {
    const { initFolder } = await import('../ground/init/init.js');
    return initFolder(values, context, 'ship');
  },
  text: (result) => filesText(result),
});
