import { InputError } from '../base/errors.js';
import type { Descriptor, ImageIndex, Platform } from './manifest.js';

/** `linux/arm64` or `linux/arm/v7`. */
export function parsePlatform(text: string, where = 'platform'): Platform {
  const [os, architecture, variant, ...more] = text.split('/');
  if (!os || !architecture || more.length > 0) {
    throw new InputError({
      where,
      message: `not a platform: ${JSON.stringify(text)}`,
      hint: 'Write it as linux/amd64.',
    });
  }
  return variant ? { os, architecture, variant } : { os, architecture };
}

export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`;
  return platform.variant ? `${base}/${platform.variant}` : base;
}

/** arm64 without a variant is v8: both spellings are one platform. */
export function samePlatform(a: Platform, b: Platform): boolean {
  const variantOf = (platform: Platform) => platform.variant ?? (platform.architecture === 'arm64' ? 'v8' : undefined);
  return a.os === b.os && a.architecture === b.architecture && variantOf(a) === variantOf(b);
}

/** The image for a platform; attestations (`unknown/unknown`) never match. */
export function pickPlatform(index: ImageIndex, wanted: Platform): Descriptor | undefined {
  return index.manifests.find((entry) => entry.platform && samePlatform(entry.platform, wanted));
}
