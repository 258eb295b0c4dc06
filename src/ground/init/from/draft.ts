import { repositoryName, parseReference } from '../../../oci/reference.js';
import { mistakeIn } from '../check.js';
import type { SettingKey, Settings, SettingValue } from '../settings.js';
import type { CarriedWorkflow, Leftover } from './carried.js';
import { isOpen } from './names.js';

/** What is known of the folder that is carried over. */
export interface Facts {
  /** Absolute folder of `lading.yml`, and the top of the repository, where workflows run. */
  readonly folder: string;
  readonly top: string;
}

/** What was found so far. The first word on a matter counts; another one is told. */
export interface Draft {
  readonly facts: Facts;
  /** Sets a key, or tells why it cannot be. */
  set(key: SettingKey, value: SettingValue, where: string): void;
  /** The repository that images go to, out of a whole name; its tag is told when it is no usual one. */
  setImage(name: string, where: string): void;
  workflow(part: CarriedWorkflow): void;
  leave(where: string, what: string, hint?: string): void;
  readonly settings: Settings;
  readonly carriedWorkflow: CarriedWorkflow;
  readonly leftovers: readonly Leftover[];
}

export function openDraft(facts: Facts): Draft {
  const settings: Partial<Record<SettingKey, SettingValue>> = {};
  const leftovers: Leftover[] = [];
  let workflow: CarriedWorkflow = {};
  const leave: Draft['leave'] = (where, what, hint) => {
    const isKnown = leftovers.some((one) => one.where === where && one.what === what);
    if (!isKnown) leftovers.push({ where, what, hint });
  };
  const draft: Draft = {
    facts,
    settings,
    leave,
    set(key, value, where) {
      const texts = typeof value === 'string' ? [value] : (Object.values(value) as readonly string[]);
      const unclear = texts.find(isOpen);
      if (unclear !== undefined)
        return leave(where, `${key} is ${unclear}, which only a run knows`, `Write ${key} in lading.yml.`);
      const mistake = texts.map((text) => mistakeIn(key, text)).find((one) => one !== undefined);
      if (mistake !== undefined) return leave(where, `${key} ${mistake}`, `Write ${key} in lading.yml.`);
      const before = settings[key];
      if (before !== undefined && JSON.stringify(before) !== JSON.stringify(value)) {
        return leave(where, `${key} is ${shown(value)} here, and ${shown(before)} before: the first is taken`);
      }
      settings[key] = value;
    },
    setImage(name, where) {
      const [, repository = name, tag] = /^(.+?):((?:[^/]|\$\{\{.*\}\})+)$/s.exec(withoutDigest(name)) ?? [];
      if (isOpen(repository)) {
        const hint = 'Write push.to in lading.yml: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME.';
        return leave(where, `images go to ${repository}, which only a run knows`, hint);
      }
      const mistake = mistakeIn('push.to', repository);
      if (mistake !== undefined) return leave(where, `the image ${repository}: ${mistake}`);
      draft.set('push.to', repositoryName(parseReference(repository)), where);
      if (tag !== undefined) addTag(tag, where);
    },
    workflow(part) {
      workflow = { ...workflow, ...part };
    },
    get carriedWorkflow() {
      return workflow;
    },
    leftovers,
  };

  /** The commit is a tag of every image; what another part of the run computes is not known here. */
  function addTag(tag: string, where: string): void {
    if (/^\$\{\{\s*github\.sha\s*\}\}$/.test(tag) || workflow.tags?.includes(tag)) return;
    const isKnown = !isOpen(tag) || /^\$\{\{\s*github\.(?:ref_name|run_id|run_number)\s*\}\}$/.test(tag);
    if (isKnown && !/[,\s]/.test(tag.replace(/\$\{\{.*?\}\}/g, '')))
      workflow = { ...workflow, tags: [...(workflow.tags ?? []), tag] };
    else leave(where, `the tag ${tag}`, 'Each image gets the commit as its tag.');
  }
  return draft;
}

function withoutDigest(name: string): string {
  return name.replace(/@sha256:.*$/s, '');
}

function shown(value: SettingValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
