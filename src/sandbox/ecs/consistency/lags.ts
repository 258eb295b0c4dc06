import { createHash } from 'node:crypto';

/** `eventual` answers reads late and in part after writes, as ECS does; `strong` answers with what is. */
export type Consistency = 'eventual' | 'strong';

/** How late a read knows what has been written, in milliseconds after it was. */
export interface Lags {
  /** Of a service deployment: in lists, and when it is asked for by its ARN. Which of them knows it first differs. */
  deployment(arn: string): { readonly listed: number; readonly described: number };
  revision(arn: string): number;
  /** How long a service still names the former deployment as its current one. https://github.com/kayac/ecspresso/issues/945 */
  current(arn: string): number;
  /** How long DescribeServices shows a service as it was before a write. */
  service(arn: string, writtenAt: number): number;
  /** Of a task, and of its end. */
  task(arn: string): { readonly listed: number; readonly described: number };
  /** ECS does not say in which order it lists things. */
  order<Entry>(entries: readonly Entry[], keyOf: (entry: Entry) => string): readonly Entry[];
}

const NONE: Lags = {
  deployment: () => ({ listed: 0, described: 0 }),
  revision: () => 0,
  current: () => 0,
  service: () => 0,
  task: () => ({ listed: 0, described: 0 }),
  order: (entries) => entries,
};

/** The same seed and the same names give the same lags. */
export function createLags(consistency: Consistency, seed: number): Lags {
  if (consistency === 'strong') return NONE;
  /** Between 0 and 1, by what it is about. */
  const chance = (...about: readonly unknown[]) =>
    createHash('md5')
      .update(`${seed}/${about.join('/')}`)
      .digest()
      .readUInt32BE(0) /
    2 ** 32;
  const between = (least: number, most: number, ...about: readonly unknown[]) =>
    Math.round(least + (most - least) * chance(...about));

  return {
    deployment(arn) {
      const first = between(3000, 4000, 'first', arn);
      const second = between(4000, 5000, 'second', arn);
      return chance('order', arn) < 0.5 ? { listed: first, described: second } : { listed: second, described: first };
    },
    revision: (arn) => between(3000, 5000, 'revision', arn),
    current: (arn) => between(2500, 3500, 'current', arn),
    service: (arn, writtenAt) => between(500, 2000, 'service', arn, writtenAt),
    task: (arn) => ({ listed: between(500, 1500, 'listed', arn), described: between(0, 500, 'described', arn) }),
    order: (entries, keyOf) =>
      entries
        .map((entry) => ({ entry, place: chance('place', keyOf(entry)) }))
        .sort((a, b) => a.place - b.place)
        .map(({ entry }) => entry),
  };
}
