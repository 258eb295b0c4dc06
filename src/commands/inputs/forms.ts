import { resolve } from 'node:path';
import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';
import type { Platform } from '../../oci/manifest.js';
import { formatPlatform, parsePlatform } from '../../oci/platform.js';
import type { Reference } from '../../oci/reference.js';
import { checkTag, formatReference, parseReference } from '../../oci/reference.js';
import type { AskedImage } from '../../release/resolve-image.js';

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
