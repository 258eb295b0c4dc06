import { array, optional, safeParse, strictObject, string } from 'valibot';
import { input } from '../../base/declare/input.js';
import type { Form } from '../../base/declare/input.js';
import { InputError } from '../../base/errors.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';

/** What a task's containers get for one run. */
export interface TaskOverrides {
  /** Container with the command; undefined when none has one. */
  readonly container: string | undefined;
  /** Words; empty: what the definition says. */
  readonly command: readonly string[];
  readonly env: readonly ContainerVariable[];
}

const shape = array(
  strictObject({
    name: string(),
    command: optional(array(string())),
    environment: optional(array(strictObject({ name: string(), value: string() }))),
  }),
);

const FORM = '[{"name":"web","command":["node","migrate.js"],"environment":[{"name":"STEP","value":"1"}]}]';

/** `containerOverrides` of RunTask, as JSON. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerOverride.html */
export const overridesForm: Form<TaskOverrides> = {
  parse(text) {
    const result = safeParse(shape, readJson(text));
    if (!result.success) {
      const [first] = result.issues;
      const message = `is no list of overrides with name, command and environment: ${first.message}`;
      throw new InputError({ where: '', message, hint: `Write it as ${FORM}.` });
    }
    const env = result.output.flatMap(({ name: container, environment = [] }) =>
      environment.map(({ name, value }) => ({ container, name, value })),
    );
    const [first, ...more] = result.output.filter(({ command }) => (command?.length ?? 0) > 0);
    if (more.length > 0) {
      const message = `gives ${more.length + 1} containers a command, and one decides how the task ended`;
      throw new InputError({ where: '', message, hint: 'Give one container a command.' });
    }
    return { container: first?.name, command: first?.command ?? [], env };
  },
  format: ({ container, command, env }) =>
    JSON.stringify([
      ...(container === undefined ? [] : [{ name: container, command }]),
      ...env.map(({ container: name, ...variable }) => ({ name, environment: [variable] })),
    ]),
};

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError({ where: '', message: 'is not JSON', hint: `Write it as ${FORM}.` });
  }
}

/** A task that runs once before the service moves, with the definition that the service is to get. */
export const runTaskInputs = {
  'run-task': input.boolean('Run a task once with the new definition before the service is updated', { key: false }),
  'run-task-overrides': input.string('What its containers get for this run: command and variables, as JSON', {
    placeholder: 'JSON',
    key: false,
    ...overridesForm,
  }),
  'run-task-subnet': input.list('Subnet of the task, instead of those of the service', {
    placeholder: 'ID',
    key: false,
  }),
  'run-task-security-group': input.list('Security group of the task, instead of those of the service', {
    placeholder: 'ID',
    key: false,
  }),
  'run-task-public-ip': input.boolean('Give the task a public address, or none; as the service when left out', {
    key: false,
  }),
  'run-task-launch-type': input.choice('Where the task runs, instead of where the service does', [
    'FARGATE',
    'EC2',
    'EXTERNAL',
  ]),
  'run-task-wait': input.boolean('Wait for the end of the task; a task that fails leaves the service as it is', {
    default: true,
    key: false,
  }),
} as const;
