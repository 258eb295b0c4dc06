import { isUnknown } from './values.js';
import type { Values } from './values.js';

export interface Mistake {
  readonly severity: 1;
  readonly summary: string;
  readonly detail: string;
}

function mistake(summary: string, detail: unknown = ''): Mistake {
  return { severity: 1, summary, detail: String(detail) };
}

const range = (from: number, to: number, by: number) =>
  Array.from({ length: (to - from) / by + 1 }, (_, at) => from + at * by);

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const FARGATE: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1024, 2048],
  512: range(1024, 4096, 1024),
  1024: range(2048, 8192, 1024),
  2048: range(4096, 16384, 1024),
  4096: range(8192, 30720, 1024),
  8192: range(16384, 61440, 4096),
  16384: range(32768, 122880, 8192),
};

/** What AWS refuses and no schema says. */
export function mistakesIn(type: string, config: Values): readonly Mistake[] {
  if (type === 'aws_ecs_task_definition') return [...sizeMistakes(config), ...containerMistakes(config)];
  if (type === 'aws_lb_target_group' && config.target_type !== 'lambda' && config.vpc_id === null)
    return [mistake('vpc_id is required', 'for target groups of instances and addresses')];
  if (type === 'aws_lb' && Array.isArray(config.subnets) && config.subnets.length < 2)
    return [mistake('a load balancer needs two subnets', config.subnets.join())];
  return [];
}

function sizeMistakes({ cpu, memory }: Values): readonly Mistake[] {
  if ([cpu, memory].some((value) => value === null || isUnknown(value))) return [];
  const fits = FARGATE[Number(cpu)]?.includes(Number(memory));
  return fits ? [] : [mistake('no Fargate task has this size', `${String(cpu)}/${String(memory)}`)];
}

function containerMistakes({ container_definitions: text }: Values): readonly Mistake[] {
  if (typeof text !== 'string') return [];
  try {
    const containers = JSON.parse(text) as { readonly name?: unknown; readonly image?: unknown }[];
    return containers.every(({ name, image }) => typeof name === 'string' && typeof image === 'string')
      ? []
      : [mistake('a container needs a name and an image')];
  } catch (error) {
    return [mistake('container_definitions is no JSON', error)];
  }
}
