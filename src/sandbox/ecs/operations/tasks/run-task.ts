import type { Setting } from '../../../service.js';
import { AwsFault } from '../../../service.js';
import { requireClusterRecord, requireRunnable } from '../../state/find.js';
import type { Definition, Input, ResolvedImage, SandboxTask, TaskOverrides } from '../../state/records.js';
import type { EcsState } from '../../state/state.js';
import { checkedTags, tagsOf } from '../../state/tags.js';
import { addTask } from '../../state/tasks.js';
import { checkNetwork, checkPlacement } from '../services/checks.js';
import { invalid } from '../invalid.js';

export interface OneOff {
  /** What RunTask says when nothing can be started, as RESOURCE:MEMORY. */
  failure(family: string): string | undefined;
  begin(task: SandboxTask, definition: Definition): void;
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export function createRunTask(
  state: EcsState,
  setting: Setting,
  imagesOf: (definition: Definition) => readonly ResolvedImage[],
  oneOff: OneOff,
): (input: Input) => readonly SandboxTask[] | { readonly failure: string } {
  /** Calls by client token: the same again answers with the same tasks. */
  const known = new Map<string, { readonly asked: string; readonly tasks: readonly SandboxTask[] }>();

  return (input) => {
    const cluster = requireClusterRecord(state, input.cluster);
    const { definition } = requireRunnable(state, input.taskDefinition);
    refuseWrong(input, definition);
    const named = input.launchType !== undefined || input.capacityProviderStrategy !== undefined;
    const usual: Input =
      cluster.defaultStrategy.length > 0
        ? { capacityProviderStrategy: cluster.defaultStrategy }
        : { launchType: 'EC2' };
    const placed = named ? input : { ...input, ...usual };
    checkPlacement(state, placed, definition);
    checkNetwork(placed, definition);
    const tags = input.tags === undefined ? [] : checkedTags(input.tags);
    const token = typeof input.clientToken === 'string' ? `${cluster.name}/${input.clientToken}` : undefined;
    const asked = JSON.stringify(input);
    const before = token === undefined ? undefined : known.get(token);
    if (before?.asked === asked) return before.tasks;
    if (before) throw new AwsFault('ConflictException', 'The client token was used with other parameters.');
    const failure = oneOff.failure(definition.family);
    if (failure !== undefined) return { failure };

    const from = {
      cluster: cluster.name,
      taskDefinition: definition.taskDefinitionArn,
      images: imagesOf(definition),
      startedBy: input.startedBy as string | undefined,
      group: input.group as string | undefined,
      overrides: input.overrides as TaskOverrides | undefined,
      input: placed,
    };
    const count = Number(input.count ?? 1);
    const tasks = Array.from({ length: count }, () => addTask(state, from, setting.clock.now()));
    const inherited = input.propagateTags === 'TASK_DEFINITION' ? state.tags.get(definition.taskDefinitionArn) : [];
    for (const task of tasks) {
      state.tags.set(task.arn, [...tagsOf(inherited), ...tags]);
      oneOff.begin(task, definition);
    }
    if (token !== undefined) known.set(token, { asked, tasks });
    return tasks;
  };
}

function refuseWrong(input: Input, definition: Definition): void {
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
  if (count < 1 || count > 10) throw invalid('Count must be between 1 and 10.');
  if (!/^[A-Za-z0-9/_-]{0,128}$/.test(startedBy))
    throw invalid('startedBy contains invalid characters or is too long.');
  if (clientToken.length > 64) throw invalid('clientToken must be at most 64 characters.');
  if (input.launchType !== undefined && input.capacityProviderStrategy !== undefined)
    throw invalid(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  // NONE is the default, and still refused when it is said.
  if (input.propagateTags === 'SERVICE' || input.propagateTags === 'NONE')
    throw invalid(`Invalid value for propagateTags: ${input.propagateTags}`);
  if (overrides && JSON.stringify(overrides).length > 8192) throw invalid('Overrides length must be at most 8192.');
  const names = definition.containerDefinitions.map((container) => String(container.name));
  for (const { name } of overrides?.containerOverrides ?? [])
    if (name === undefined || !names.includes(name))
      throw invalid(`Override for container named ${name ?? 'null'} is not a container in the TaskDefinition.`);
}
