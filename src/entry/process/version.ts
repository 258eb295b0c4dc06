declare const LADING_VERSION: string | undefined;

/** Set by the build from package.json. */
export const version: string = typeof LADING_VERSION === 'string' ? LADING_VERSION : '0.0.0-source';
