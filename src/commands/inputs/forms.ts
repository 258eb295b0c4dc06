import { resolve } from 'node:path';
import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';
import type { Platform } from '../../oci/manifest.js';
import { formatPlatform, parsePlatform } from '../../oci/platform.js';
import type { Reference } from '../../oci/reference.js';
import { checkTag, formatReference, parseReference } from '../../oci/reference.js';
import type { BuildSecret } from '../../image/dockerfile/values.js';
import type { AskedImage } from '../../release/images/resolve-image.js';

export const referenceForm: Form<Reference> = {
  parse: (text) => parseReference(text),
  format: formatReference,
};

export const platformForm: Form<Platform> = {
  parse: (text) => parsePlatform(text),
  format: formatPlatform,
};

export const tagForm: Form<string> = {
  parse(text) {
    checkTag(text);
    return text;
  },
  format: (tag) => tag,
};

/** Name of an environment variable. */
export const variableNameForm: Form<string> = {
  parse(text) {
    if (/^[A-Za-z_][\w-]*$/.test(text)) return text;
    throw new InputError({ where: '', message: `${JSON.stringify(text)} is no name of a variable` });
  },
  format: (name) => name,
};

/** A reference, or `oci:DIR[:TAG]` with an absolute folder. */
export const baseForm: Form<string> = {
  parse(text, folder) {
    if (!text.startsWith('oci:')) {
      parseReference(text);
      return text;
    }
    const [, directory = '', ...tag] = text.split(':');
    return ['oci', resolve(folder, directory), ...tag].join(':');
  },
  format: (base) => base,
};

/** `web=REF` or `REF` */
export const containerImageForm: Form<AskedImage> = {
  parse(text) {
    const named = /^([A-Za-z0-9_-]{1,255})=(.+)$/.exec(text);
    const name = named?.[2] ?? text;
    return { container: named?.[1], reference: parseReference(name), text: name };
  },
  format: ({ container, text }) => `${container === undefined ? '' : `${container}=`}${text}`,
};

/** `id=ID,env=NAME` or `id=ID,src=FILE`, as engines write it; without either a variable called like the id. */
export const secretForm: Form<BuildSecret> = {
  parse(text, folder) {
    const parts = text.split(',').map((part) => {
      const at = part.indexOf('=');
      return [at < 0 ? '' : part.slice(0, at).trim(), part.slice(at + 1).trim()] as const;
    });
    const said = new Map(parts);
    const known = ['id', 'env', 'src', 'source', 'type'];
    const wrong = parts.find(([name, value]) => !known.includes(name) || value === '');
    const id = said.get('id');
    const file = said.get('src') ?? said.get('source');
    const name = said.get('env');
    // The value itself may be what stands there: it is not shown.
    const refuse = (message: string) =>
      new InputError({ where: '', message, hint: 'Write it as id=ID,env=NAME or id=ID,src=FILE.' });
    if (wrong || said.size !== parts.length) throw refuse('is no list of id=, and env= or src=');
    if (id === undefined || !/^[\w.-]+$/.test(id)) throw refuse('has no id of letters, digits and _ . -');
    if (file !== undefined && name !== undefined) throw refuse('has both env= and src=');
    if (file !== undefined) return said.get('type') === 'env' ? { id, from: 'variable', name: file } : fileSecret(file);
    return { id, from: 'variable', name: variableNameForm.parse(name ?? id, folder) };

    function fileSecret(path: string): BuildSecret {
      return { id: id ?? '', from: 'file', path: resolve(folder, path) };
    }
  },
  format: (secret) =>
    secret.from === 'variable' ? `id=${secret.id},env=${secret.name}` : `id=${secret.id},src=${secret.path}`,
};

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };

/** `500MB`, `2GB`: bytes. */
export const sizeForm: Form<number> = {
  parse(text) {
    const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?)B?$/i.exec(text.trim()) ?? [];
    const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 1));
    if (number !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
    throw new InputError({
      where: '',
      message: `${JSON.stringify(text)} is no size`,
      hint: 'Write it as 500MB or 2GB.',
    });
  },
  format: String,
};
