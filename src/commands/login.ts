import type { LoginResult } from '../access/login.js';
import { defineCommand } from '../base/declare/command.js';
import { amazonEcrLogin } from './compat/amazon-ecr-login.js';
import { authFileInput } from './inputs/auth-file.js';
import { regionInput } from './inputs/service.js';
import { input } from '../base/declare/input.js';

/** As amazon-ecr-login names its outputs: every other character of a host is an underscore. */
function suffixOf(registry: string): string {
  return registry.replace(/[^a-zA-Z0-9_]+/g, '_');
}

function perRegistry(name: string, what: string, value: (login: LoginResult['logins'][number]) => string) {
  return {
    name: `${name}_<registry>`,
    summary: what,
    of: ({ logins }: LoginResult) =>
      Object.fromEntries(logins.map((login) => [`${name}_${suffixOf(login.registry)}`, value(login)])),
  };
}

export const login = defineCommand({
  name: 'login',
  summary: 'Logs in to ECR: Docker, podman and their kind can pull and push',
  description:
    'Writes the password into the file where they look for it, without Docker and without a program that has it in its arguments: Docker’s `config.json`, beside it the file of `REGISTRY_AUTH_FILE`, and podman’s own where an older login in it would win. Only this user can read it, all else in it stays, and a credential store of the file is passed by for these hosts. At the end of the job what was written is taken out again, unless somebody else has changed it since.\n\n' +
    'lading’s own verbs need no login. Where no password is to stand in a file: `docker-credential-lading` is a credential helper that asks ECR when Docker or podman asks it, `{"credHelpers":{"123456789012.dkr.ecr.eu-central-1.amazonaws.com":"lading"}}`.',
  inputs: {
    registry: input.list('Registry: an account, ACCOUNT.REGION, a host, or public; the account’s own when left out', {
      placeholder: 'REGISTRY',
      key: 'login.registry',
      aliases: ['registries'],
    }),
    'registry-type': input.choice('Which registry is meant when none is named', ['private', 'public'], {
      default: 'private',
      key: 'login.registry-type',
    }),
    ...authFileInput,
    print: input.choice(
      'Print it instead of writing it: the password alone, or as a credential helper does',
      ['password', 'helper'],
      {
        key: false,
      },
    ),
    'skip-logout': input.boolean('Leave the login there after the job', { key: 'login.skip-logout' }),
    'mask-password': input.boolean('Hide the password in every log', { default: true, key: false }),
    'http-proxy': input.string('Proxy for the calls of this step', { placeholder: 'URL', key: false }),
    ...regionInput,
  },
  outputs: {
    registry: {
      summary: 'Host of the registry, when it is one',
      of: ({ logins }: LoginResult) => (logins.length === 1 ? logins[0]?.registry : undefined),
    },
    registries: {
      summary: 'Hosts of all registries as a JSON array',
      of: ({ logins }) => JSON.stringify(logins.map(({ registry }) => registry)),
    },
    'expires-at': {
      summary: 'When the first of the passwords expires',
      of: ({ logins }) => logins.map(({ expiresAt }) => expiresAt).sort()[0],
    },
  },
  needs: {
    aws: [
      { action: 'ecr:GetAuthorizationToken', resource: '*', why: 'to get a password' },
      { action: 'ecr-public:GetAuthorizationToken', resource: '*', why: 'for the public registry', optional: true },
      { action: 'sts:GetServiceBearerToken', resource: '*', why: 'for the public registry', optional: true },
    ],
  },
  effects: {
    files: [{ summary: 'The login, in the file of Docker or podman', of: ({ written }) => written[0]?.file }],
    secrets: ({ logins, unmasked }) =>
      unmasked
        ? []
        : logins.flatMap(({ username, password }) => [
            password,
            Buffer.from(`${username}:${password}`).toString('base64'),
          ]),
    outputs: [
      perRegistry('docker_username', 'User name, by the host with underscores', ({ username }) => username),
      perRegistry('docker_password', 'Password, by the host with underscores', ({ password }) => password),
    ],
    print({ print, logins }) {
      const [only] = logins;
      if (print === undefined || !only) return undefined;
      if (print === 'password') return only.password;
      return JSON.stringify({ ServerURL: only.registry, Username: only.username, Secret: only.password });
    },
    post: {
      summary: 'Takes the logins out of the files, and puts back what was in their place',
      keep: ({ written, skipLogout }) => (skipLogout || written.length === 0 ? undefined : written),
      async undo(kept, context) {
        const { undoLogin } = await import('../access/login.js');
        await undoLogin(kept as LoginResult['written'], context);
      },
      unless: 'AWS_SKIP_CLEANUP_STEP',
    },
  },
  compat: [amazonEcrLogin],
  examples: [
    { command: 'lading login', about: 'To the registry of the account' },
    {
      command: 'lading login --registry 123456789012 --registry 210987654321.eu-west-1 --registry public',
      about: 'To several: another account, another region, and public.ecr.aws',
    },
    {
      command: 'lading login --print password | docker login --username AWS --password-stdin HOST',
      about: 'By a program of yours',
    },
  ],
  action: true,
  async run(values, context, origins): Promise<LoginResult> {
    const { readRegistries } = await import('../access/registries.js');
    const { logIn } = await import('../access/login.js');
    const { region, authFile, print, httpProxy } = values;
    const registries = readRegistries(values.registry, {
      env: context.env,
      where: origins.where('registry'),
      isPublic: values.registryType === 'public',
      isOne: print !== undefined,
    });
    const { skipLogout = false, maskPassword } = values;
    return logIn({ registries, region, authFile, print, httpProxy, skipLogout, maskPassword }, context);
  },
  text: ({ logins, written }) =>
    [
      ...logins.map(({ registry, expiresAt }) => `${registry}  until ${expiresAt}`),
      ...written.map(({ file }) => `written to ${file}`),
    ].join('\n'),
});
