import { basename } from 'node:path';
import type * as Yaml from 'yaml';
import { InputError } from '../../../base/errors.js';
import type { Config } from '../look/config.js';
import type { SettingKey, Settings, SettingValue } from '../settings.js';
import { settingKeys } from '../settings.js';
import { yamlText } from './yaml-text.js';

export interface ConfigWish {
  readonly settings: Settings;
  /** Keys that a person still has to fill in. A comment says so in a new file: `# service: SERVICE`. */
  readonly open: readonly SettingKey[];
  /** Address or path of the JSON Schema, for editors. */
  readonly schema: string;
}

const schemaLine = (schema: string) => `# yaml-language-server: $schema=${schema}`;

/** The text of a `lading.yml` that there was none of. */
export function newConfig(yaml: typeof Yaml, { settings, open, schema }: ConfigWish): string {
  const root: Record<string, unknown> = {};
  const lines: string[] = [];
  for (const key of settingKeys) {
    const [section = '', name] = key.split('.');
    const value = settings[key];
    if (value !== undefined) place(root, section, name, value);
  }
  // Section by section, so that what is to be filled in stands where it belongs.
  for (const section of [...new Set(settingKeys.map((key) => key.split('.')[0] ?? ''))]) {
    const missing = settingKeys.flatMap((key) => {
      const [of, name] = key.split('.');
      if (of !== section || !open.includes(key)) return [];
      return [name === undefined ? `# ${section}: ${placeholderOf(key)}` : `  # ${name}: ${placeholderOf(key)}`];
    });
    if (root[section] !== undefined) lines.push(yamlText(yaml, { [section]: root[section] }).trimEnd());
    else if (missing.some((line) => line.startsWith('  '))) lines.push(`${section}:`);
    lines.push(...missing);
  }
  return `${[schemaLine(schema), ...lines].join('\n')}\n`;
}

/**
 * The text that is there with these keys set: its comments, its order and its line ends stay. The very same text when
 * nothing is to be changed. Throws an input error for a part that only a person can change, as an alias.
 */
export function changedConfig(yaml: typeof Yaml, config: Config, { settings, schema }: ConfigWish): string {
  const changes = settingKeys.filter(
    (key) => settings[key] !== undefined && !same(settings[key], config.settings[key]),
  );
  if (changes.length === 0) return config.text;
  const isWindows = /\r\n/.test(config.text);
  // A key that is filled in needs no word about it any more.
  const bare = changes.reduce((text, key) => withoutPlaceholder(text, key), config.text.replaceAll('\r\n', '\n'));
  const document = yaml.parseDocument(bare, { uniqueKeys: false });
  for (const key of changes) {
    const path = key.split('.');
    const parent = path.length > 1 ? document.get(path[0], true) : document.contents;
    if (parent !== undefined && parent !== null && !yaml.isMap(parent) && !isBlank(yaml, parent)) {
      throw new InputError({
        where: `${basename(config.path)} at ${path[0]}`,
        message: 'is no plain map, so that a key cannot be put into it',
        hint: `Write ${key}: ${JSON.stringify(settings[key])} yourself.`,
      });
    }
    if (path.length > 1 && !yaml.isMap(parent)) document.set(path[0], document.createNode({}));
    const isFirst = key === settingKeys[0] && !document.has(key) && yaml.isMap(document.contents);
    if (isFirst) (document.contents as Yaml.YAMLMap).items.unshift(document.createPair(key, settings[key]));
    else document.setIn(path, document.createNode(settings[key]));
  }
  const text = document.toString({ lineWidth: 0, indentSeq: false });
  const whole = /yaml-language-server:/.test(text) ? text : `${schemaLine(schema)}\n${text}`;
  return isWindows ? whole.replaceAll('\n', '\r\n') : whole;
}

function place(root: Record<string, unknown>, section: string, name: string | undefined, value: SettingValue): void {
  if (name === undefined) root[section] = value;
  else root[section] = { ...(root[section] as Record<string, unknown> | undefined), [name]: value };
}

function isBlank(yaml: typeof Yaml, node: unknown): boolean {
  return yaml.isScalar(node) && (node.value === null || node.value === '');
}

function withoutPlaceholder(text: string, key: SettingKey): string {
  const name = key.split('.').at(-1) ?? '';
  return text.replace(new RegExp(`^ *# ${name}: ${placeholderOf(key)}\n`, 'm'), '');
}

/** What stands for a value that nobody has said. */
function placeholderOf(key: SettingKey): string {
  if (key === 'push.to') return 'ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME';
  return key === 'build.app' ? 'DIR' : (key.split('.').at(-1) ?? '').toUpperCase();
}

function same(one: SettingValue | undefined, other: SettingValue | undefined): boolean {
  const normal = (value: SettingValue | undefined) => JSON.stringify(typeof value === 'string' ? [value] : value);
  return normal(one) === normal(other);
}
