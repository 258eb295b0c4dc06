import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { Digest } from '../../oci/digest.js';
import type { ImageStore } from '../registry/images.js';
import type { Login } from '../registry/registry.js';
import type { EmulatedService, Operation, Setting } from '../service.js';
import { AwsFault } from '../service.js';
import { imageOperations } from './images.js';
import { read } from './input.js';
import { labelOperations } from './labels.js';
import { layerOperations } from './layers.js';
import { lifecycleOperations } from './lifecycle-operations.js';
import { createRegistryState } from './registry-state.js';
import { repositoryOperations } from './repositories.js';
import { policyOperations } from './repository-policies.js';
import { scanningOperations } from './scanning.js';

const TWELVE_HOURS = 43_200_000;

export interface EmulatedEcr extends EmulatedService {
  login(username: string, password: string): Login;
  newPassword(): { readonly authorizationToken: string; readonly expiresAt: number };
  mountingEnabled(): boolean;
}

export interface EcrOptions {
  readonly images: ImageStore;
  /** Host of the registry. */
  readonly host: () => string;
  /** Where the bytes of a blob can be read without a login. */
  readonly addressOf: (digest: Digest) => string;
}

/** The ECR API. Passwords live twelve hours by the sandbox's clock. */
export function createEcr(setting: Setting, { images, host, addressOf }: EcrOptions): EmulatedEcr {
  /** When they expire, by their hash: to look one up tells nothing of the others. */
  const passwords = new Map<string, number>();
  const hashOf = (password: string) => createHash('sha256').update(password).digest('hex');
  const settings = new Map(Object.entries(SETTINGS).map(([name, [value]]) => [name, value]));
  const state = createRegistryState(setting, images, host);

  function newPassword() {
    const password = randomBytes(48).toString('base64');
    const expiresAt = setting.clock.now() + TWELVE_HOURS;
    passwords.set(hashOf(password), expiresAt);
    return { authorizationToken: Buffer.from(`AWS:${password}`).toString('base64'), expiresAt };
  }

  return {
    name: 'ecr',
    newPassword,
    login(username, password) {
      const expiresAt = username === 'AWS' ? passwords.get(hashOf(password)) : undefined;
      if (expiresAt === undefined) return 'unknown';
      return expiresAt > setting.clock.now() ? 'good' : 'expired';
    },
    mountingEnabled: () => settings.get('BLOB_MOUNTING') === 'ENABLED',
    operations: {
      GetAuthorizationToken() {
        const { authorizationToken, expiresAt } = newPassword();
        return {
          authorizationData: [{ authorizationToken, expiresAt: expiresAt / 1000, proxyEndpoint: `http://${host()}` }],
        };
      },
      ...repositoryOperations(state),
      ...imageOperations(state),
      ...layerOperations(state, addressOf),
      ...policyOperations(state),
      ...lifecycleOperations(state),
      ...scanningOperations(state),
      ...labelOperations(state),
      ...settingOperations(settings),
    },
  };
}

/** Settings of the account and their values, the first one when nobody has set it. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutAccountSetting.html */
const SETTINGS: Readonly<Record<string, readonly [string, ...string[]]>> = {
  BASIC_SCAN_TYPE_VERSION: ['AWS_NATIVE', 'CLAIR'],
  REGISTRY_POLICY_SCOPE: ['V2', 'V1'],
  BLOB_MOUNTING: ['DISABLED', 'ENABLED'],
};

function settingOperations(settings: Map<string, string | undefined>): Record<string, Operation> {
  const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64));
  const valuesOf = (of: string): readonly string[] => {
    if (Object.hasOwn(SETTINGS, of)) return SETTINGS[of] ?? [];
    throw new AwsFault('ValidationException', `Invalid account setting name: ${of}`);
  };
  return {
    PutAccountSetting(input) {
      const asked = read(v.object({ name, value: v.string() }), input);
      if (!valuesOf(asked.name).includes(asked.value))
        throw new AwsFault(
          'ValidationException',
          `Invalid value for the account setting ${asked.name}: ${asked.value}`,
        );
      settings.set(asked.name, asked.value);
      return asked;
    },
    GetAccountSetting(input) {
      const asked = read(v.object({ name }), input);
      valuesOf(asked.name);
      return { name: asked.name, value: settings.get(asked.name) };
    },
  };
}
