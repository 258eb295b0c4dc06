import { input } from '../../base/declare/input.js';
import { referenceForm, tagForm } from './forms.js';

/** Where an image goes; shared by `push` and `ship`. */
export const targetInputs = {
  to: input.string('Repository, with a tag if you like', {
    placeholder: 'REPOSITORY[:TAG]',
    key: 'push.to',
    ...referenceForm,
  }),
  tag: input.list('Further tag', { placeholder: 'TAG', key: 'push.tag', ...tagForm }),
} as const;
