import type { World } from '../service.js';
import { AwsFault } from '../service.js';
import type { Definition, EcsState, ResolvedImage, SandboxTask, TaskOverrides } from './state.js';
import { requireCluster, requireDefinition, tagsOf } from './state.js';
import { addTask } from './tasks.js';

type Input = Readonly<Record<string, unknown>>;

export interface OneOff {
  /** What RunTask says when nothing can be started, as RESOURCE:MEMORY. */
  failure(family: string): string | undefined;
  begin(task: SandboxTask, definition: Definition): void;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function createRunTask(
  state: EcsState,
  world: World,
  imagesOf: (definition: Definition) => readonly ResolvedImage[],
  oneOff: OneOff,
): (input: Input) => readonly SandboxTask[] | { readonly failure: string } {
  /** Calls by client token: the same again answers with the same tasks. */
  const known = new Map<string, { readonly asked: string; readonly tasks: readonly SandboxTask[] }>();

  return (input) => {
    const cluster = requireCluster(state, input.cluster);
    const { definition, status } = requireDefinition(state, input.taskDefinition);
    if (status !== 'ACTIVE') throw new AwsFault('ClientException', 'TaskDefinition is inactive');
    refuseWrong(input, definition);
    const token = typeof input.clientToken === 'string' ? `${cluster}/${input.clientToken}` : undefined;
    const asked = JSON.stringify(input);
    const before = token === undefined ? undefined : known.get(token);
    if (before?.asked === asked) return before.tasks;
    if (before) throw new AwsFault('ConflictException', 'The client token was used with other parameters.');
    const failure = oneOff.failure(definition.family);
    if (failure !== undefined) return { failure };

    const images = imagesOf(definition);
    const tasks = Array.from({ length: Number(input.count ?? 1) }, () =>
      addTask(
        state,
        {
          cluster,
          taskDefinition: definition.taskDefinitionArn,
          images,
          startedBy: input.startedBy as string | undefined,
          group: input.group as string | undefined,
          overrides: input.overrides as TaskOverrides | undefined,
        },
        world.clock.now(),
        'PROVISIONING',
      ),
    );
    const inherited = input.propagateTags === 'TASK_DEFINITION' ? state.tags.get(definition.taskDefinitionArn) : [];
    for (const task of tasks) {
      state.tags.set(task.arn, [...(inherited ?? []), ...tagsOf(input.tags)]);
      oneOff.begin(task, definition);
    }
    if (token !== undefined) known.set(token, { asked, tasks });
    return tasks;
  };
}

function refuseWrong(input: Input, definition: Definition): void {
  const wrong = (message: string) => new AwsFault('InvalidParameterException', message);
  const {
    count = 1,
    startedBy = '',
    clientToken = '',
    overrides,
  } = input as {
    count?: number;
    startedBy?: string;
    clientToken?: string;
    overrides?: TaskOverrides;
  };
  if (count < 1 || count > 10) throw wrong('Count must be between 1 and 10.');
  if (!/^[A-Za-z0-9/_-]{0,128}$/.test(startedBy)) throw wrong('startedBy contains invalid characters or is too long.');
  if (clientToken.length > 64) throw wrong('clientToken must be at most 64 characters.');
  if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined)
    throw wrong('Specifying both a launch type and capacity provider strategy is not supported.');
  // NONE is the default, and still refused when it is said.
  if (input.propagateTags === 'SERVICE' || input.propagateTags === 'NONE')
    throw wrong(`Invalid value for propagateTags: ${input.propagateTags}`);
  if (definition.networkMode === 'awsvpc' && input.networkConfiguration === undefined)
    throw wrong("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  if (overrides && JSON.stringify(overrides).length > 8192) throw wrong('Overrides length must be at most 8192.');
  const names = definition.containerDefinitions.map((container) => String(container.name));
  for (const { name } of overrides?.containerOverrides ?? [])
    if (name === undefined || !names.includes(name))
      throw wrong(`Override for container named ${name ?? 'null'} is not a container in the TaskDefinition.`);
}
