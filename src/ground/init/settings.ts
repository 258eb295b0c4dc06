/** What `lading.yml` is to say, by its keys: `push.to`. What is not there nobody has said. */
export type Settings = Readonly<Partial<Record<SettingKey, SettingValue>>>;
export type SettingValue = string | readonly string[] | Readonly<Record<string, string>>;

/** The keys that `init` knows, in the order in which they are written. */
export const settingKeys = [
  'region',
  'build.app',
  'build.base',
  'build.builder',
  'build.file',
  'build.target',
  'build.build-arg',
  'build.secret',
  'build.ssh',
  'build.build-network',
  'build.platform',
  'build.label',
  'build.env',
  'push.to',
  'push.tag',
  'deploy.cluster',
  'deploy.service',
  'deploy.container',
  'deploy.task-definition',
  'deploy.env',
  'deploy.wait',
  'deploy.timeout',
] as const;
export type SettingKey = (typeof settingKeys)[number];

/** Of several that were said one after the other, the first of each key. */
export function firstOf(...said: readonly Settings[]): Settings {
  return Object.fromEntries(
    settingKeys.flatMap((key) => {
      const value = said.find((one) => one[key] !== undefined)?.[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** The value of a key that takes one text. */
export function textOf(settings: Settings, key: SettingKey): string | undefined {
  const value = settings[key];
  return typeof value === 'string' ? value : undefined;
}
