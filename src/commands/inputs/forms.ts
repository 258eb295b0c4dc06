import { resolve } from 'node:path';
import { InputError } from '../../base/errors.js';
import type { Form } from '../../base/declare/input.js';
import type { ContainerVariable } from '../../ecs/definition/change.js';
import type { Platform } from '../../oci/manifest.js';
import { formatPlatform, parsePlatform } from '../../oci/platform.js';
import type { Reference } from '../../oci/reference.js';
import { checkTag, formatReference, parseReference } from '../../oci/reference.js';
import type { ImageChoice } from '../../release/release.js';
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

/** `CONTAINER:K=V` */
export const variableForm: Form<ContainerVariable> = {
  parse(text) {
    const match = /^([A-Za-z0-9_-]{1,255}):([^=]+)=(.*)$/s.exec(text);
    if (!match) throw new InputError({ where: 'env', message: `takes CONTAINER:K=V, not ${JSON.stringify(text)}` });
    return { container: match[1] ?? '', name: match[2] ?? '', value: match[3] ?? '' };
  },
  format: ({ container, name, value }) => `${container}:${name}=${value}`,
};

/** `web=IMAGE` or `IMAGE`, which may be the name of one that the release makes. */
export const imageChoiceForm: Form<ImageChoice> = {
  parse(text) {
    const named = /^([A-Za-z0-9_-]{1,255})=(.+)$/.exec(text);
    return { container: named?.[1], text: named?.[2] ?? text };
  },
  format: ({ container, text }) => `${container === undefined ? '' : `${container}=`}${text}`,
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
