import { input } from '../../base/declare/input.js';

/** Where logins are kept; shared by `login` and `logout`. */
export const authFileInput = {
  'auth-file': input.path('File of the logins, instead of those of Docker and podman', {
    placeholder: 'FILE',
    key: false,
  }),
};
