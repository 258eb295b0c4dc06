import { defineCommand } from '../base/declare/command.js';
import { formatDuration } from '../base/duration.js';
import { input } from '../base/declare/input.js';
import type { DemoResult } from '../rehearsal/demo.js';

export const demo = defineCommand({
  name: 'demo',
  summary: 'Shows the whole journey with a real app, on a sandbox of this computer',
  description:
    'Starts a sandbox, builds a small Next.js app, ships it and fetches its page from the running task; changes one line and ships again; breaks it, ships that, and shows the verdict and the rollback. Only the packages of the app are downloaded.',
  inputs: {
    dir: input.path('Folder to work in; `.lading/demo` when left out', { placeholder: 'DIR', key: false }),
    base: input.string('Base image; made from the Node of this computer when left out', {
      placeholder: 'REF',
      key: false,
    }),
    tasks: input.choice('How tasks run', ['process', 'docker'], { default: 'process', key: false }),
    keep: input.boolean('Leave the sandbox running at the end, until Ctrl-C', { key: false }),
  },
  examples: [
    { command: 'lading demo', about: 'The whole journey' },
    { command: 'lading demo --keep', about: 'And look at the service in a browser' },
  ],
  async run(values, context): Promise<DemoResult> {
    return (await import('../rehearsal/demo.js')).runDemo(values, context);
  },
  text: (result) => `The demo took ${formatDuration(result.ms)}.`,
  running: async (result) => (await import('../rehearsal/demo.js')).keepDemo(result),
});
