import type { LogoutResult } from '../access/logout.js';
import { defineCommand } from '../base/declare/command.js';
import { input } from '../base/declare/input.js';
import { authFileInput } from './inputs/auth-file.js';

export const logout = defineCommand({
  name: 'logout',
  summary: 'Takes logins of ECR out of the files of Docker and podman',
  description: 'AWS is not asked: the password stays good until it expires, for whoever has it.',
  inputs: {
    registry: input.list('Host of a registry; every one of ECR when left out', { placeholder: 'HOST', key: false }),
    ...authFileInput,
  },
  examples: [
    { command: 'lading logout', about: 'From every registry of ECR' },
    { command: 'lading logout --registry 123456789012.dkr.ecr.eu-central-1.amazonaws.com', about: 'From one' },
  ],
  async run(values, context): Promise<LogoutResult> {
    const { logOut } = await import('../access/logout.js');
    return logOut({ hosts: values.registry, authFile: values.authFile }, context);
  },
  text: ({ removed }) =>
    removed.map(({ file, registry }) => `${registry}  taken out of ${file}`).join('\n') || 'no login was there',
});
