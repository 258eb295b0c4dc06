import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { parseReference, repositoryName } from '../../../oci/reference.js';
import { textOf } from '../settings.js';
import type { PlanInput, PlannedWorkflow } from './plan-input.js';
import { environmentOf, placeOf, roleSteps, signInOf } from './plan-ship.js';
import { placeInputs, slug } from './ship-workflow.js';
import { checkout, ladingStep, permissions, signIn } from './workflow-parts.js';
import { yamlText } from './yaml-text.js';

/** The workflow by which a person goes back to the revision before, of one service that is chosen where there are several. */
export function planRollback(yaml: typeof Yaml, input: PlanInput): PlannedWorkflow {
  const { look, settled } = input;
  const place = placeOf(input, 'Roll back');
  if ('none' in place || 'open' in place) return place;
  const { name, action } = place;
  const services = (look.config?.release.users ?? []).filter(({ section }) => section === 'services');
  const names = services.map((one) => one.name);
  if (names.length === 0 && textOf(settled.settings, 'deploy.service') === undefined)
    return { open: 'the workflow that goes back: deploy.service in lading.yml (--service)' };
  const to = textOf(settled.settings, 'push.to') ?? look.config?.release.images.find((one) => one.to !== undefined)?.to;
  const images = to === undefined ? [] : [{ repository: repositoryName(parseReference(to)) }];
  const environment = environmentOf(input);
  const several = names.length > 1;
  const inputs = several && {
    inputs: { service: { description: 'Service that goes back', type: 'choice', options: names, required: true } },
  };
  const workflow = {
    name,
    on: { workflow_dispatch: inputs || {} },
    permissions: {},
    concurrency: { group: slug(name), 'cancel-in-progress': false },
    jobs: {
      rollback: {
        'runs-on': 'ubuntu-latest',
        'timeout-minutes': 60,
        ...(environment !== undefined && { environment }),
        permissions,
        steps: [
          checkout(),
          signIn(signInOf('deploy', images, input)),
          ladingStep('rollback', action, { ...placeInputs(place), only: several ? '${{ inputs.service }}' : names[0] }),
        ],
      },
    },
  };
  const text = yamlText(yaml, workflow, {
    head: 'Written by lading init rollback: turns back the deployment in flight, else goes to the last revision that was well.',
    spaced: true,
  });
  const path = join(look.repository.top, '.github/workflows', `${slug(name)}.yml`);
  return { file: { path, text }, steps: roleSteps(['deploy'], input) };
}
