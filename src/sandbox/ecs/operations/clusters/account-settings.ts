import type { Operation, Setting } from '../../../service.js';
import type { EcsState } from '../../state/state.js';
import type { Pages } from '../page.js';
import { invalid } from '../invalid.js';

/** Names, and what an account has that never set them. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html */
const USUAL: Readonly<Record<string, string>> = {
  awsvpcTrunking: 'disabled',
  containerInsights: 'disabled',
  containerInstanceLongArnFormat: 'enabled',
  defaultLogDriverMode: 'non-blocking',
  fargateEventWindows: 'disabled',
  fargateFIPSMode: 'disabled',
  fargateTaskRetirementWaitPeriod: '7',
  guardDutyActivate: 'off',
  serviceLongArnFormat: 'enabled',
  tagResourceAuthorization: 'off',
  taskLongArnFormat: 'enabled',
};

const VALUES: Readonly<Record<string, readonly string[]>> = {
  containerInsights: ['enabled', 'disabled', 'enhanced'],
  defaultLogDriverMode: ['blocking', 'non-blocking'],
  fargateTaskRetirementWaitPeriod: ['0', '7', '14'],
  tagResourceAuthorization: ['on', 'off'],
};

const ROOT = 'root';

/** What a new resource gets when nobody says otherwise. */
export function settingFor(state: EcsState, name: string, principal: string = ROOT): string {
  return state.settings.get(principal)?.get(name) ?? state.settings.get(ROOT)?.get(name) ?? USUAL[name] ?? 'disabled';
}

/** Account settings, of the account or of one principal. */
export function accountSettingOperations(state: EcsState, setting: Setting, pages: Pages): Record<string, Operation> {
  const me = `arn:aws:iam::${setting.accountId}:user/sandbox`;
  const principalOf = (value: unknown) => {
    const arn = value === undefined ? me : String(value);
    if (!arn.startsWith('arn:')) throw invalid('The principal ARN is invalid. Specify a valid ARN and try again.');
    return arn;
  };
  const keyOf = (arn: string) => (arn.endsWith(':root') ? ROOT : arn);
  const show = (name: string, value: string, principalArn: string) => ({
    name,
    value,
    principalArn,
    type: name === 'guardDutyActivate' ? 'aws_managed' : 'user',
  });

  function put(name: string, value: string, principalArn: string) {
    checkName(name);
    if (name === 'guardDutyActivate') throw invalid('The setting guardDutyActivate is managed by AWS.');
    if (!(VALUES[name] ?? ['enabled', 'disabled']).includes(value))
      throw invalid(`The value ${value} is not valid for the setting ${name}.`);
    const key = keyOf(principalArn);
    const own = state.settings.get(key) ?? new Map<string, string>();
    state.settings.set(key, own.set(name, value));
    return { setting: show(name, value, principalArn) };
  }

  return {
    PutAccountSetting: (input) => put(String(input.name), String(input.value), principalOf(input.principalArn)),
    PutAccountSettingDefault: (input) =>
      put(String(input.name), String(input.value), `arn:aws:iam::${setting.accountId}:root`),
    DeleteAccountSetting(input) {
      const name = String(input.name);
      checkName(name);
      const principalArn = principalOf(input.principalArn);
      const value = settingFor(state, name, keyOf(principalArn));
      state.settings.get(keyOf(principalArn))?.delete(name);
      return { setting: show(name, value, principalArn) };
    },
    ListAccountSettings(input) {
      const { name, value, effectiveSettings } = input as {
        name?: string;
        value?: string;
        effectiveSettings?: boolean;
      };
      if (name !== undefined) checkName(name);
      if (value !== undefined && name === undefined)
        throw invalid('A setting name is required when a value is specified.');
      const principalArn = principalOf(input.principalArn);
      const own = state.settings.get(keyOf(principalArn));
      const settings = Object.keys(USUAL)
        .filter((one) => name === undefined || one === name)
        .filter((one) => effectiveSettings === true || own?.has(one))
        .map((one) => show(one, settingFor(state, one, keyOf(principalArn)), principalArn))
        .filter((one) => value === undefined || one.value === value);
      const { page, more } = pages.cut(settings, input, { most: 10, usual: 10 });
      return { settings: page, ...more };
    },
  };
}

function checkName(name: string): void {
  if (!(name in USUAL)) throw invalid(`The setting name ${name} is not valid.`);
}
