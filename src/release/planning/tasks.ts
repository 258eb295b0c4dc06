import type { Entry, ReleaseService, ReleaseTask, ServicePlace, TaskFields, UsedImage } from '../release.js';
import type { Asked } from './asked.js';
import { unknownName } from './order.js';
import type { NamedImage } from './uses.js';
import { usedImages } from './uses.js';

/** A migration may take its time. */
const TIMEOUT_MS = 900_000;

/** A service that tasks are like. */
export type Like = ServicePlace &
  Pick<ReleaseService, 'taskDefinition' | 'env'> & { readonly images: readonly UsedImage[] };

export interface TaskRequest {
  readonly entries: readonly Entry<TaskFields>[];
  /** All services of the release, also those that are left out. */
  readonly services: readonly Like[];
  readonly images: readonly NamedImage[];
}

/** Tasks in the order of the file. One that says neither `before` nor `after` is before all services. */
export function planTasks({ entries, services, images }: TaskRequest, asked: Asked): readonly ReleaseTask[] {
  const names = services.map(({ name }) => name);
  return entries.flatMap((entry) => {
    const after = entry.after ?? [];
    const before = entry.before ?? (entry.after === undefined ? names : []);
    for (const [field, named] of [['before', before] as const, ['after', after] as const]) {
      for (const name of named)
        if (!names.includes(name)) asked.issues.push(unknownName(name, names, entry.where(field), 'service'));
    }
    const both = before.find((name) => after.includes(name));
    if (both !== undefined) {
      const message = `it is to run before and after \`${both}\``;
      asked.issues.push({ where: entry.where('after'), message, hint: 'Take one of them away.' });
    }
    const command = entry.command ?? [];
    checkWords(command, entry.where('command'), (words) => `Write a list: [${words.join(', ')}].`, asked);
    const like = likeOf(entry, [...before, ...after], services, asked);
    if (!like) return [];
    const { container, env = [], timeout = TIMEOUT_MS } = entry;
    return [
      {
        name: entry.name,
        images: imagesOf(entry, like.images, images, asked),
        command,
        container,
        like,
        definition: { file: like.taskDefinition, env: like.env },
        cluster: entry.cluster ?? like.cluster,
        region: entry.region ?? like.region,
        env,
        before,
        after,
        when: entry.when ?? 'always',
        onCancel: entry.onCancel ?? 'leave',
        timeoutMs: timeout,
        where: entry.where,
      },
    ];
  });
}

/** A program whose name has spaces is more likely a whole line. */
export function checkWords(
  command: readonly string[],
  where: string,
  hint: (words: readonly string[]) => string,
  { issues }: Asked,
): void {
  const [only = '', ...more] = command;
  if (more.length > 0 || !/\s/.test(only)) return;
  const message = 'is one word with spaces in it';
  // Who was asked by a flag has told it already, with the flag's own hint.
  if (issues.some((issue) => issue.where === where && issue.message === message)) return;
  issues.push({ where, message, hint: hint(only.trim().split(/\s+/)) });
}

/** The service that it is like: the one that it names, else the first that waits for it, or that it waits for. */
function likeOf(
  entry: Entry<TaskFields>,
  near: readonly string[],
  services: readonly Like[],
  { issues }: Asked,
): Like | undefined {
  const name = entry.like ?? near[0];
  const found = services.find((service) => service.name === name);
  if (found) return found;
  const names = services.map(({ name }) => name);
  if (entry.like !== undefined) issues.push(unknownName(entry.like, names, entry.where('like'), 'service'));
  // An unknown name in `before` or `after` is told already.
  else if (name === undefined) {
    const hint = 'Name the service whose network and task definition it takes.';
    issues.push({ where: entry.where(), message: `tasks.${entry.name}.like is missing`, hint });
  }
  return undefined;
}

/** Its own, else those of the service that it is like. */
function imagesOf(
  entry: Entry<TaskFields>,
  like: readonly UsedImage[],
  images: readonly NamedImage[],
  asked: Asked,
): readonly UsedImage[] {
  if (entry.image === undefined) return like;
  return usedImages({ choices: entry.image, container: entry.container, images, where: entry.where }, asked);
}
