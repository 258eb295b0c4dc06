import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';
import type { ImageChoice } from '../../release/release.js';

/** `CONTAINER:K=V` */
export const variableForm: Form<ContainerVariable> = {
  parse(text) {
    const match = /^([A-Za-z0-9_-]{1,255}):([^=]+)=(.*)$/s.exec(text);
    if (!match) throw new InputError({ where: 'env', message: `takes CONTAINER:K=V, not ${JSON.stringify(text)}` });
    return { container: match[1] ?? '', name: match[2] ?? '', value: match[3] ?? '' };
  },
  format: ({ container, name, value }) => `${container}:${name}=${value}`,
};

/** `web=IMAGE` or `IMAGE`, which may be the name of one that the release makes. */
export const imageChoiceForm: Form<ImageChoice> = {
  parse(text) {
    const named = /^([A-Za-z0-9_-]{1,255})=(.+)$/.exec(text);
    return { container: named?.[1], text: named?.[2] ?? text };
  },
  format: ({ container, text }) => `${container === undefined ? '' : `${container}=`}${text}`,
};

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html */
export const clientTokenForm: Form<string> = {
  parse(text) {
    if (/^[!-~]{1,64}$/.test(text)) return text;
    throw new InputError({ where: '', message: 'takes 1 to 64 characters of ASCII without spaces' });
  },
  format: (token) => token,
};
