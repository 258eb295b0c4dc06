import type { Form } from '../../base/declare/input.js';
import { InputError } from '../../base/errors.js';

/** An address that can be asked, without a login: it stands in results and logs. */
export const addressForm: Form<string> = {
  parse(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
      const hint = 'Write it as https://shop.example.com/api/health.';
      throw new InputError({ where: 'url', message: 'is no http or https address', hint });
    }
    if (url.username !== '' || url.password !== '') {
      const hint = 'Leave it out: an address that wants one answers with status 401, which can be asked for.';
      throw new InputError({ where: 'url', message: 'has a login in it, which everybody could read', hint });
    }
    return text;
  },
  format: (address) => address,
};
