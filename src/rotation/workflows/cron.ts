/** When a schedule starts: minutes of a day, and the days. */
export interface Cron {
  /** Sorted minutes since midnight. */
  readonly minutes: readonly number[];
  /** By month (1 to 12), day of the month and day of the week (0 is Sunday). */
  readonly isDay: (month: number, day: number, weekday: number) => boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

// https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#schedule
const fields: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31 },
  {
    name: 'month',
    min: 1,
    max: 12,
    names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  },
  { name: 'day of the week', min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** The schedule, or what is wrong with the text: five fields of `*`, numbers, ranges, steps and lists. */
export function parseCron(text: string): Cron | string {
  const parts = text.split(/ +/);
  if (parts.length !== 5) return `has ${parts.length === 1 ? 'one field' : `${parts.length} fields`} instead of five`;
  const sets: (readonly number[])[] = [];
  for (const [index, field] of fields.entries()) {
    const set = parseField(parts[index] ?? '', field);
    if (typeof set === 'string') return set;
    sets.push(set);
  }
  const [minutes = [], hours = [], days = [], months = [], weekdays = []] = sets;
  const [byDay, byWeekday] = [parts[2] !== '*', parts[4] !== '*'];
  return {
    minutes: hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute)).sort((a, b) => a - b),
    isDay(month, day, weekday) {
      if (!months.includes(month)) return false;
      const [isDay, isWeekday] = [days.includes(day), weekdays.includes(weekday)];
      // Both given: either is enough, as with every cron.
      return byDay && byWeekday ? isDay || isWeekday : isDay && isWeekday;
    },
  };
}

/** The longest time between two starts in milliseconds, over some years; infinite when there are none. */
export function longestGapMs({ minutes, isDay }: Cron): number {
  const [first, last] = [minutes[0], minutes.at(-1)];
  if (first === undefined || last === undefined) return Infinity;
  let longest = Math.max(0, ...minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? minute)));
  let before: number | undefined;
  let count = 0;
  for (let day = 0; day < 4 * 366; day++) {
    const date = new Date(Date.UTC(2028, 0, 1 + day));
    if (!isDay(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) continue;
    if (before !== undefined) longest = Math.max(longest, (day - before) * 1440 - last + first);
    before = day;
    count++;
  }
  return count < 2 ? Infinity : longest * 60_000;
}

function parseField(text: string, field: Field): readonly number[] | string {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const bounds = boundsOf(range, field);
    const by = step === undefined ? 1 : Number(step);
    if (bounds === undefined || by < 1 || by > field.max) {
      return `has '${item}' as ${field.name}: ${field.min} to ${field.max}, *, a-b, a-b/n or */n`;
    }
    // `5/15` goes on to the end, `5` does not.
    const to = step !== undefined && !range.includes('-') && range !== '*' ? field.max : bounds[1];
    for (let value = bounds[0]; value <= to; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function boundsOf(range: string, field: Field): readonly [number, number] | undefined {
  if (range === '*') return [field.min, field.max];
  const ends = range.split('-').map((end) => {
    const named = field.names?.indexOf(end.toLowerCase()) ?? -1;
    return named >= 0 ? named + field.min : /^\d{1,2}$/.test(end) ? Number(end) : Number.NaN;
  });
  const [from = Number.NaN, to = from] = ends;
  return ends.length <= 2 && from >= field.min && to <= field.max && from <= to ? [from, to] : undefined;
}
