/** What opens a registry: it goes into a secret, and into the variables beside it. */
export interface RegistryLogin {
  readonly username: string;
  readonly password: string;
  /** Host of the registry. */
  readonly registry: string;
  readonly expiresAt: Date;
}

/** ECR's passwords live for twelve hours; neither more nor less can be had. */
export const passwordLifeMs = 12 * 3_600_000;
