import type { LoginResult } from '../../access/login.js';
import type { Compat } from '../../base/declare/compat.js';
import { compatBoolean } from '../../base/declare/compat.js';

/** https://github.com/aws-actions/amazon-ecr-login, as of v2. */
export const amazonEcrLogin: Compat<LoginResult> = {
  action: 'aws-actions/amazon-ecr-login',
  inputs: {
    registries: {
      to: 'registry',
      summary: 'Accounts whose registries are meant, parted by commas; the own when left out',
    },
    'registry-type': { to: 'registry-type', text: (text) => text.trim().toLowerCase() },
    // Anything but false is true there.
    'mask-password': { to: 'mask-password', text: (text) => String(text.trim().toLowerCase() !== 'false') },
    'skip-logout': { to: 'skip-logout', values: compatBoolean },
    'http-proxy': { to: 'http-proxy' },
  },
};
