import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';
import { input } from '../../base/declare/input.js';
import { parseCustomTags } from '../../aws/identity/session-tags.js';
import { regionInput } from './service.js';

function checked(pattern: RegExp, what: string, hint: string): Form<string> {
  return {
    parse(text) {
      if (pattern.test(text)) return text;
      throw new InputError({ where: '', message: `${JSON.stringify(text)} is no ${what}`, hint });
    },
    format: (text) => text,
  };
}

/** AWS's twelve digits; GitHub's own rule for the name of a session; the names that a profile may have. */
const accountForm = checked(/^\d{12}$/, 'AWS account', 'Write its twelve digits.');
const sessionForm = checked(/^[\w+=,.@-]{2,64}$/, 'name of a session', 'Use 2 to 64 letters, digits and +=,.@-_.');
const profileForm = checked(/^[^\s[\]/\\"]+$/, 'name of a profile', 'Leave spaces, brackets, quotes and slashes out.');
const policyArnForm = checked(
  /^arn:[\w-]+:iam::(\d{12}|aws):policy\/\S+$/,
  'ARN of a policy',
  'Write it as arn:aws:iam::aws:policy/ReadOnlyAccess.',
);

const jsonForm: Form<string> = {
  parse(text) {
    try {
      JSON.parse(text);
      return text;
    } catch {
      throw new InputError({ where: '', message: 'is no JSON', hint: 'Give the policy as JSON.' });
    }
  },
  format: (text) => text,
};

const tagsForm: Form<ReturnType<typeof parseCustomTags>> = {
  parse: parseCustomTags,
  format: (tags) => JSON.stringify(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))),
};

/** Where tokens go is not for a file of the repository to say. */
const own = { key: false } as const;
const secret = { secret: true, key: false } as const;

/** Who one is to be. */
const whoInputs = {
  region: { ...regionInput.region, aliases: ['aws-region'] },
  role: { ...regionInput.role, aliases: ['role-to-assume'] },
  'role-session-name': input.string('Name of the session; GitHubActions in a job of GitHub, else lading', {
    placeholder: 'NAME',
    ...sessionForm,
  }),
  'role-duration-seconds': input.integer('How long the session lasts: 900 to 43200; an hour when left out', {
    placeholder: 'SECONDS',
  }),
  'role-external-id': input.string('External id that the trust of the role asks for', { placeholder: 'ID' }),
  'role-skip-session-tagging': input.boolean('Give the session no tags'),
  'transitive-tag-keys': input.list('Key of a tag that goes on to roles taken from this one', { placeholder: 'KEY' }),
  'custom-tags': input.string('Further tags of the session, as a JSON object', { placeholder: 'JSON', ...tagsForm }),
  'inline-session-policy': input.string('Policy that narrows the session, as JSON', {
    placeholder: 'JSON',
    ...jsonForm,
  }),
  'managed-session-policies': input.list('Policy that narrows the session', { placeholder: 'ARN', ...policyArnForm }),
  'role-chaining': input.boolean('Take the role with the credentials that are there, not by an ID token'),
};

/** Where the first credentials come from. */
const sourceInputs = {
  'aws-access-key-id': input.string('Access key to begin with', secret),
  'aws-secret-access-key': input.string('Its secret', secret),
  'aws-session-token': input.string('Its session token, if it has one', secret),
  'web-identity-token-file': input.path('File with an ID token, instead of the one that the CI system gives', {
    ...own,
    placeholder: 'FILE',
  }),
  audience: input.string('Whom the ID token is for; sts.amazonaws.com when left out, in China sts.amazonaws.com.cn', {
    ...own,
    placeholder: 'NAME',
  }),
  'force-skip-oidc': input.boolean('Ask GitHub for no ID token, although the job may'),
  'use-existing-credentials': input.boolean('Keep the credentials that are there, when AWS takes them'),
  'unset-current-credentials': input.boolean('Do not look at the credentials that are there'),
};

/** What must be so, and how AWS is reached. */
const checkInputs = {
  'allowed-account-ids': input.list('Account that it must be; any when left out', {
    placeholder: 'ACCOUNT',
    ...accountForm,
  }),
  'http-proxy': input.string('Proxy for the calls of this step', { ...own, placeholder: 'URL' }),
  'no-proxy': input.string('Hosts that are reached without it, parted by commas', { ...own, placeholder: 'HOSTS' }),
  'sts-endpoint': input.string('Address of STS, instead of that of the region', { ...own, placeholder: 'URL' }),
  'disable-retry': input.boolean('Ask AWS once, even when it fails for a moment'),
  'retry-max-attempts': input.integer('How often AWS is asked at most; as often as fits in a minute when left out', {
    placeholder: 'NUMBER',
  }),
  'special-characters-workaround': input.boolean('Ask again until the secret key has letters and digits only'),
};

/** Who gets to see them. */
const receiverInputs = {
  'aws-profile': input.string('Write them as this profile into the shared files of AWS, until the end of the job', {
    placeholder: 'NAME',
    ...profileForm,
    ...own,
  }),
  'overwrite-aws-profile': input.boolean('Put it in the place of a profile of that name'),
  'output-credentials': input.boolean('Set them as outputs of the step', own),
  'output-env-credentials': input.boolean(
    'Set them as variables of later steps; by default unless there is a profile',
    own,
  ),
  'mask-aws-account-id': input.boolean('Hide the account, too'),
  format: input.choice(
    'How they are printed: lines for a shell, JSON, or as a `credential_process` of a profile prints them',
    ['env', 'json', 'process'],
    own,
  ),
};

export const credentialInputs = { ...whoInputs, ...sourceInputs, ...checkInputs, ...receiverInputs } as const;
