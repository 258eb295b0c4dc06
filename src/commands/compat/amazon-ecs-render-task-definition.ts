import type { Compat, CompatInput } from '../../base/declare/compat.js';
import type { RenderResult } from '../../release/render.js';

/** https://github.com/aws-actions/amazon-ecs-render-task-definition/blob/v1.9.0/action.yml */
export const amazonEcsRenderTaskDefinition: Compat<RenderResult> = {
  action: 'aws-actions/amazon-ecs-render-task-definition',
  inputs: {
    'task-definition': { to: 'task-definition' },
    'task-definition-arn': { to: 'family', summary: 'ARN of the task definition, instead of a file' },
    'task-definition-family': { to: 'family', summary: 'Family of the task definition, instead of a file' },
    'task-definition-revision': { to: 'revision', summary: 'Revision of the family; the newest when left out' },
    'container-name': {
      to: 'container',
      summary: 'Container that gets the image and all the rest; several parted by commas',
    },
    image: { to: 'image', summary: 'Image of the containers' },
    'environment-variables': lines('env', 'Variables of the containers, one K=V per line'),
    secrets: lines('secret', 'Secrets of the containers, one K=ARN per line'),
    'docker-labels': lines('docker-label', 'Docker labels of the containers, one K=V per line'),
    'log-configuration-log-driver': { to: 'log-driver' },
    'log-configuration-options': { to: 'log-option', summary: 'Options of the log driver, one K=V per line' },
    command: { to: 'command' },
    'env-files': { to: 'env-file' },
    'task-role-arn': { to: 'task-role-arn' },
    'execution-role-arn': { to: 'execution-role-arn' },
  },
  outputs: {
    'task-definition': { summary: 'Path of the file with the task definition', of: ({ file }) => file },
  },
};

/** A name with a colon in it is no container's: the containers are named in an input of their own. */
function lines(to: string, summary: string): CompatInput {
  const text = (given: string) =>
    given
      .split(/\r?\n/)
      .map((line) => line.trim())
      .map((line) => (line.includes('=') ? `:${line}` : line))
      .join('\n');
  return { to, summary, text };
}
