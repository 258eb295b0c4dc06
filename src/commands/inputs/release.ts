import { camelCase, fieldsOf, input } from '../../base/declare/input.js';
import { deployInputs } from './deploy.js';
import { imageChoiceForm, variableForm } from './container-forms.js';
import { imageInputs } from './image.js';
import { servicesInput } from './services.js';
import { targetInputs } from './target.js';

const imageFields = fieldsOf({
  ...imageInputs,
  env: input.pairs('Environment variable in the image', { placeholder: 'K=V' }),
  ...targetInputs,
});

/** Everything that can be said of an image, by the names that values have. */
export const imageFieldNames: readonly string[] = Object.keys(imageFields).map(camelCase);

/** Images by name. */
export const imagesInput = {
  images: input.entries('Images by name: what `build` and `push` take', { fields: imageFields, key: 'images' }),
};

const taskFields = {
  image: input.list('Image by its name under `images`, or a reference; that of `like` when left out', {
    placeholder: '[CONTAINER=]IMAGE',
    ...imageChoiceForm,
  }),
  command: input.list('Words of the program that runs; what the image says when left out', { placeholder: 'WORD' }),
  container: input.string('Container that gets image and command; found by the image when left out', {
    placeholder: 'NAME',
  }),
  ...fieldsOf({ cluster: deployInputs.cluster, region: deployInputs.region }),
  like: input.string(
    'Service whose network and task definition it takes; the first of `before` or `after` when left out',
    {
      placeholder: 'NAME',
    },
  ),
  env: input.list('Variable of a container', { placeholder: 'CONTAINER:K=V', ...variableForm }),
  before: input.list(
    'Service that waits for it; all when `after` is left out, too, and with `[]` only `lading run --task` runs it',
    { placeholder: 'NAME' },
  ),
  after: input.list('Service that must have come up well before it runs', { placeholder: 'NAME' }),
  when: input.choice(
    'Whether a release that changes nothing runs it: `changed` leaves it out when `like` runs its revision already',
    ['always', 'changed'],
  ),
  'on-cancel': input.choice(
    'What becomes of it when the release is cancelled; a release leaves it, `lading run` stops it, when left out',
    ['leave', 'stop'],
  ),
  timeout: input.duration('Longest time for the task; 15 minutes when left out', { placeholder: 'DURATION' }),
} as const;

/** A whole release. */
export const releaseInputs = {
  ...imagesInput,
  tasks: input.entries('Tasks by name that run once and must end well, before or after services', {
    fields: taskFields,
    key: 'tasks',
  }),
  ...servicesInput,
};

/** For a verb that takes images and no services. */
export const imageReleaseInputs = {
  ...imagesInput,
  only: input.list('Image to take; all when left out', { placeholder: 'NAME', key: false }),
};
