import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../../src/base/declare/command.js';
import { defineCommand } from '../../src/base/declare/command.js';
import { compatBoolean } from '../../src/base/declare/compat.js';
import { InputError, LadingError } from '../../src/base/errors.js';
import type { Inputs } from '../../src/base/declare/input.js';
import { input } from '../../src/base/declare/input.js';

interface Lent {
  readonly harbour: string;
  readonly hosts: readonly string[];
  readonly password: string;
  readonly file: string;
  readonly folder: string;
}

/** A verb that has every effect: no verb of lading has them all. */
const declared = defineCommand({
  name: 'lend',
  summary: 'Lends a password to what comes after',
  inputs: {
    harbour: input.string('Harbour', { key: 'lend.harbour', aliases: ['port'] }),
    host: input.list('Host that takes it', { key: 'lend.host' }),
    ropes: input.boolean('With ropes', { key: 'lend.ropes' }),
    timeout: input.duration('Longest time', { default: 60_000, key: 'lend.timeout' }),
    fail: input.boolean('Fail in the end', { key: false }),
  },
  outputs: {
    harbour: { summary: 'The harbour', of: (result) => result.harbour },
    password: { summary: 'A mistake: an output must not hold a secret', of: (result) => result.password },
  },
  effects: {
    variables: {
      LENT_PASSWORD: { summary: 'The password', of: (result) => result.password },
      LENT_HARBOUR: { summary: 'The harbour', of: (result) => result.harbour },
      LENT_NOTHING: { summary: 'Left out', of: () => undefined },
    },
    paths: [
      { summary: 'First', of: (result) => join(result.folder, 'first') },
      { summary: 'Second', of: (result) => join(result.folder, 'second') },
    ],
    files: [{ summary: 'A note', of: (result) => result.file }],
    secrets: (result: Lent) => [result.password],
    outputs: [
      {
        name: 'password_<host>',
        summary: 'The password of each host',
        of: (result) => Object.fromEntries(result.hosts.map((host) => [`password_${host}`, result.password])),
      },
    ],
    post: {
      summary: 'Takes the note away',
      keep: (result) => (result.harbour === 'none' ? undefined : { file: result.file }),
      async undo(kept, context) {
        const { file } = kept as { readonly file: string };
        context.report({ type: 'message', level: 'info', text: `taking ${file} away` });
        await rm(file);
      },
      unless: 'LEND_SKIP_CLEANUP_STEP',
    },
  },
  compat: [
    {
      action: 'somebody/lend-things',
      inputs: {
        'Use-Ropes': { to: 'ropes', values: compatBoolean },
        quay: { to: 'harbour', variable: 'QUAY', default: 'oslo' },
        'wait-for-minutes': {
          to: 'timeout',
          text(minutes) {
            if (!/^\d+$/.test(minutes)) throw new InputError({ where: '', message: 'is a number of minutes' });
            return minutes === '0' ? undefined : `${minutes}m`;
          },
        },
        retries: { ignore: 'what passes is tried again anyway' },
        appspec: { refuse: 'lading does not read it', unless: ['appspec.yaml'] },
      },
      outputs: { place: { summary: 'The harbour', of: (result) => result.harbour } },
    },
  ],
  examples: [],
  action: true,
  async run(values, context): Promise<Lent> {
    const { harbour = 'bergen', host = ['a_b'] } = values;
    const password = 'open "sesame" it\'s\n$(now)';
    const file = join(context.cwd, 'lent.txt');
    context.report({ type: 'mask', value: password });
    await writeFile(file, 'lent');
    const result = { harbour, hosts: host, password, file, folder: context.cwd };
    if (values.fail) throw new LadingError('remote', `the harbour said ${password}`, { code: 'NO', result });
    return result;
  },
});

export const lend = declared as unknown as Command<Inputs, unknown>;
export { declared as typedLend };
