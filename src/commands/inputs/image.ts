import { input } from '../../base/declare/input.js';
import { builderChoices } from '../../image/builders/index.js';
import { baseForm, platformForm, variableNameForm } from './forms.js';
import { registryInputs } from './registry.js';
import { regionInput } from './service.js';

/** What the image is made of; shared by `build` and `ship`. */
export const imageInputs = {
  app: input.path('Folder of the app', { placeholder: 'DIR', default: '.', key: 'build.app' }),
  builder: input.choice('How the app is packed; `auto` looks at the folder', builderChoices, {
    default: 'auto',
    key: 'build.builder',
  }),
  base: input.string('Base image of a registry, or `oci:DIR[:TAG]` for a layout; public Node 22 slim when left out', {
    placeholder: 'REF',
    key: 'build.base',
    ...baseForm,
  }),
  platform: input.list('Platform of the image; several make an index', {
    placeholder: 'OS/ARCH',
    default: [{ os: 'linux', architecture: 'amd64' }],
    key: 'build.platform',
    ...platformForm,
  }),
  label: input.pairs('Label of the image', { placeholder: 'K=V', key: 'build.label' }),
  user: input.string('User that runs the image, as `uid:gid`; `1000:1000` when left out', {
    placeholder: 'USER',
    key: 'build.user',
  }),
  entrypoint: input.list('Words of the program that runs, one flag for each', {
    placeholder: 'WORD',
    key: 'build.entrypoint',
  }),
  compression: input.choice('How layers are compressed; zstd needs Node 22.15', ['gzip', 'zstd'], {
    default: 'gzip',
    key: 'build.compression',
  }),
  include: input.list('File to pack although it looks like a secret, relative to the app', {
    placeholder: 'FILE',
    key: 'build.include',
  }),
  'pass-env': input.list(
    'Variable that the build script of the app gets although it may hold a secret, as `AWS_ACCESS_KEY_ID`',
    { placeholder: 'NAME', key: 'build.pass-env', ...variableNameForm },
  ),
  output: input.path('Folder of the OCI layout; `.lading/image` when left out', {
    placeholder: 'DIR',
    key: 'build.output',
  }),
  'cache-from': input.string('Tag or digest in the target whose layers are used again', {
    placeholder: 'TAG',
    key: 'build.cache-from',
  }),
  ...registryInputs,
  ...regionInput,
} as const;
