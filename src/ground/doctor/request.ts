import type { Need } from '../../base/declare/command.js';
import type { Finding } from './finding.js';

/** What to look at. */
export interface DoctorRequest {
  readonly places: readonly ServicePlace[];
  /** The caller's own when it is not said. */
  readonly region: string | undefined;
  /** Role that releases, by name or ARN; the caller when it is left out. */
  readonly role: string | undefined;
  /** What the verbs of a release need of AWS. */
  readonly needs: readonly Need[];
  /** Absolute folders of the apps that a release packs. */
  readonly apps: readonly string[];
  /** Of what is known elsewhere, as the passwords that a rotation keeps fresh. */
  readonly more: readonly (() => Promise<readonly Finding[]>)[];
}

export interface ServicePlace {
  /** As a release calls it. */
  readonly name: string;
  readonly cluster: string;
  readonly service: string;
  readonly region: string | undefined;
}
