import { fieldsOf, input } from '../../base/declare/input.js';
import { addressForm } from './address-form.js';
import { imageChoiceForm } from './container-forms.js';
import { deployInputs } from './deploy.js';

const { 'dry-run': _, 'force-new-deployment': __, ...rollOutInputs } = deployInputs;

const serviceFields = {
  image: input.list('Image by its name under `images`, or a reference; the only image when left out', {
    placeholder: '[CONTAINER=]IMAGE',
    ...imageChoiceForm,
  }),
  container: input.string('Container that gets the image; found by the repository when left out', {
    placeholder: 'NAME',
  }),
  ...fieldsOf({
    ...rollOutInputs,
    service: input.string('ECS service, by name or ARN; the name of the entry when left out'),
  }),
  after: input.list('Service that comes first', { placeholder: 'NAME' }),
  smoke: input.record('What the public address must answer in the end', {
    fields: {
      url: input.string('Address to ask', { placeholder: 'URL', required: true, ...addressForm }),
      status: input.integer('Status of the answer; redirects are not followed', { placeholder: 'N', default: 200 }),
      timeout: input.duration('Longest time until it comes', { placeholder: 'DURATION', default: 60_000 }),
      'on-failure': input.choice(
        'What becomes of the deployment when it does not come: `rollback` goes back to the revision before',
        ['leave', 'rollback'],
        { default: 'leave' },
      ),
    },
  }),
} as const;

/** Services by name, and which of them are meant. */
export const servicesInput = {
  services: input.entries('Services by name: what `deploy` takes, and their order', {
    fields: serviceFields,
    key: 'services',
  }),
  only: input.list('Service to take, with the images and tasks that it needs; all when left out', {
    placeholder: 'NAME',
    key: false,
  }),
};
