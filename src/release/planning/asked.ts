import type { InputIssue } from '../../base/errors.js';
import type { Origins, Source } from '../../base/declare/origin.js';
import type { Entry } from '../release.js';

/** What a verb was asked for: where its values came from, and the mistakes that are found in them. */
export interface Asked {
  readonly origins: Origins;
  readonly issues: InputIssue[];
}

/** Given to this run: above the file. */
export function isSpoken(origins: Origins, name: string): boolean {
  return RANK[origins.of(name)] > RANK.file;
}

const RANK: Readonly<Record<Source, number>> = { flag: 4, variable: 3, file: 2, default: 1, absent: 0 };

/** Chooses what counts for one thing: its entry, below flags and variables, above the rest of the file and the defaults. */
export interface Chooser<Fields> {
  pick<Field extends keyof Fields & string>(field: Field, entry: Entry<Fields> | undefined): Fields[Field] | undefined;
  /** The place of what was picked. */
  where(field: keyof Fields & string, entry: Entry<Fields> | undefined): string;
}

interface ChooserOptions {
  /** Inputs that are not called like their field. */
  readonly renamed?: Readonly<Record<string, string>> | undefined;
  /** Flags and variables do not speak of things that are left out. */
  readonly inPlay?: ((name: string) => boolean) | undefined;
}

export function chooser<Fields extends object>(
  values: Partial<Fields>,
  { origins }: Asked,
  { renamed = {}, inPlay = () => true }: ChooserOptions = {},
): Chooser<Fields> {
  const originOf = (field: string) => origins.of(renamed[field] ?? fieldName(field));
  const spoken = (field: string) => RANK[originOf(field)] > RANK.file;
  const ownCounts = (field: string, entry: Entry<Fields>) =>
    !inPlay(entry.name) || RANK[originOf(field)] <= Math.max(RANK.file, RANK[entry.source(fieldName(field))]);
  return {
    pick(field, entry) {
      if (entry === undefined) return values[field];
      const own = (entry as Partial<Fields>)[field];
      if (own !== undefined && ownCounts(field, entry)) return own;
      return inPlay(entry.name) || !spoken(field) ? values[field] : undefined;
    },
    where(field, entry) {
      if (entry !== undefined && ownCounts(field, entry)) return entry.where(fieldName(field));
      return origins.where(renamed[field] ?? fieldName(field));
    },
  };
}

/** `taskDefinition` → `task-definition` */
function fieldName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Inputs that name one thing, with their keys in the short form. */
const ONE_THING: Readonly<Record<string, string>> = {
  app: 'build.app',
  to: 'push.to',
  service: 'deploy.service',
  image: 'deploy.image',
  container: 'deploy.container',
};

/** Tells values that name one thing where the long form names several, or where several are in play. */
export function refuseOneThing(
  inputs: readonly string[],
  group: 'images' | 'services',
  inPlay: readonly string[],
  { origins, issues }: Asked,
): void {
  const [first = 'NAME'] = inPlay;
  for (const name of inputs) {
    const source = origins.of(name);
    const where = origins.where(name);
    if (source === 'file') {
      const message = `\`${ONE_THING[name] ?? name}\` names one thing, and \`${group}\` stands beside it`;
      issues.push({ where, message, hint: `Write it as ${group}.${first}.${name}.` });
    } else if ((source === 'flag' || source === 'variable') && inPlay.length > 1) {
      const hint = `Choose one with --only, or write --${group} ${first}.${name}=VALUE.`;
      issues.push({ where, message: `names one thing, and there are ${inPlay.join(', ')}`, hint });
    }
  }
}
