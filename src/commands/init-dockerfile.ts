import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import type { DockerfileResult } from '../ground/init/dockerfile/init-dockerfile.js';
import { baseForm } from './inputs/forms.js';
import { filesText, initInputs, writeInputs } from './inputs/init.js';

/** `lading init dockerfile`. */
export const initDockerfile = defineCommand({
  name: 'init dockerfile',
  summary: 'Writes a Dockerfile and a .dockerignore for the app of this folder',
  description:
    "For Next.js with `output: 'standalone'` and for Node services, with npm, pnpm or yarn: packages and build in a first stage, what runs in a second one, without root. What is downloaded stays with the engine, in cache mounts; an `.npmrc` comes as a secret and is in no layer.\n\nlading itself needs none for such apps: it packs them without an engine. Write one for what only a Dockerfile can say, as packages of the system.",
  inputs: {
    app: initInputs.app,
    base: input.string('Image with Node that both stages start from', {
      placeholder: 'IMAGE',
      default: 'node:22-slim',
      key: false,
      ...baseForm,
    }),
    port: input.integer('Port that the app listens on', { placeholder: 'N', default: 3000, key: false }),
    ...writeInputs,
    yes: input.boolean('Ask nothing', { key: false }),
  },
  examples: [{ command: 'lading init dockerfile', about: 'For the app of this folder' }],
  async run(values, context): Promise<DockerfileResult> {
    const { initDockerfile } = await import('../ground/init/dockerfile/init-dockerfile.js');
    return initDockerfile(values, context);
  },
  text: (result) => filesText(result),
});
