/** A name and a password for one registry host. */
export interface Login {
  readonly username: string;
  readonly password: string;
  /** The password is an OAuth2 refresh token: it buys a bearer token and is never sent as a password. */
  readonly isToken?: boolean;
  /** Whether whoever keeps the login keeps the very same for another host: then a token service there may have it. */
  isAlsoOf?(host: string): Promise<boolean>;
}

/**
 * Finds the login of a registry host (`host[:port]`); undefined when there is none: then the registry is spoken to
 * anonymously. `renew` asks for a fresh one, after the registry refused the last.
 */
export type Keychain = (host: string, options?: { readonly renew?: boolean }) => Promise<Login | undefined>;

/** The first keychain that knows the host wins. */
export function firstOf(...keychains: readonly Keychain[]): Keychain {
  return async (host, options) => {
    for (const keychain of keychains) {
      const login = await keychain(host, options);
      if (login) return login;
    }
    return undefined;
  };
}
