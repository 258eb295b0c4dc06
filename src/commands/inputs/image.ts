import { input } from '../../base/declare/input.js';
import { builderChoices } from '../../image/builders/index.js';
import { engineChoices } from '../../image/dockerfile/engines/names.js';
import { baseForm, platformForm, secretForm, sizeForm, variableNameForm } from './forms.js';
import { registryInputs } from './registry.js';
import { regionInput } from './service.js';

/** What is said of a build from a Dockerfile. */
const dockerfileInputs = {
  file: input.path('Dockerfile; the one in the folder of the app when left out', {
    placeholder: 'FILE',
    key: 'build.file',
  }),
  target: input.string('Stage of the Dockerfile that becomes the image; the last when left out', {
    placeholder: 'STAGE',
    key: 'build.target',
  }),
  'build-arg': input.pairs('Argument of the Dockerfile; it can be read in the image, so it is no place for secrets', {
    placeholder: 'K=V',
    key: 'build.build-arg',
  }),
  secret: input.list('Secret that steps of the Dockerfile may read, from a variable or a file', {
    placeholder: 'id=ID,env=NAME|src=FILE',
    key: 'build.secret',
    ...secretForm,
  }),
  ssh: input.list('SSH agent that steps of the Dockerfile may use, as the engine takes it', {
    placeholder: 'default|ID=SOCKET',
    key: 'build.ssh',
  }),
  engine: input.choice('What builds a Dockerfile; `auto` takes the first that is here and can', engineChoices, {
    default: 'auto',
    key: 'build.engine',
  }),
  'build-network': input.string(
    'Network of the steps of a Dockerfile, as `none` or `host`; that of the engine when left out',
    {
      placeholder: 'NETWORK',
      key: 'build.build-network',
    },
  ),
  'build-cache-from': input.list('Where the engine finds layers of earlier builds: a repository, or its own words', {
    placeholder: 'REPOSITORY',
    key: 'build.build-cache-from',
  }),
  'build-cache-to': input.list('Where the engine leaves layers for later builds', {
    placeholder: 'REPOSITORY',
    key: 'build.build-cache-to',
  }),
  'context-limit': input.string('Most that the folder may hold that an engine is given; 2GB when left out', {
    placeholder: 'SIZE',
    key: 'build.context-limit',
    ...sizeForm,
  }),
} as const;

/** What the image is made of; shared by `build` and `ship`. */
export const imageInputs = {
  app: input.path('Folder of the app', { placeholder: 'DIR', default: '.', key: 'build.app' }),
  builder: input.choice('How the image is made; `auto` looks at the folder', builderChoices, {
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
  ...dockerfileInputs,
  'cache-from': input.string('Tag or digest in the target whose layers are used again', {
    placeholder: 'TAG',
    key: 'build.cache-from',
  }),
  ...registryInputs,
  ...regionInput,
} as const;
