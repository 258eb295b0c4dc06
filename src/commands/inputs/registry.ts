import { input } from '../../base/declare/input.js';

/** How registries are reached; shared by every verb that speaks to one. */
export const registryInputs = {
  'insecure-registry': input.list('Registry host that may be spoken to without TLS; loopback hosts always may', {
    placeholder: 'HOST',
    key: 'insecure-registry',
  }),
};
