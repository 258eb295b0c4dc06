import { AwsFault } from '../../service.js';

/** Fargate's task sizes: CPU units to MiB of memory. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html */
const FARGATE: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, steps(1024, 4096, 1024)],
  [1024, steps(2048, 8192, 1024)],
  [2048, steps(4096, 16_384, 1024)],
  [4096, steps(8192, 30_720, 1024)],
  [8192, steps(16_384, 61_440, 4096)],
  [16_384, steps(32_768, 122_880, 8192)],
]);

export function isFargateSize(cpu: string | undefined, memory: string | undefined): boolean {
  return FARGATE.get(Number(cpu))?.includes(Number(memory)) ?? false;
}

/** ECS keeps units and MiB, also of `0.5 vCPU` and `1 GB`. */
export function taskSize(setting: 'cpu' | 'memory', value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const text = String(value).trim();
  if (/^\d+$/.test(text)) return String(Number(text));
  const match = (setting === 'cpu' ? /^(\d*\.?\d+)\s*vcpus?$/i : /^(\d*\.?\d+)\s*gb$/i).exec(text);
  if (match) return String(Number(match[1]) * 1024);
  throw new AwsFault(
    'ClientException',
    `Invalid '${setting}' setting for task. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.`,
  );
}

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, at) => from + at * by);
}
