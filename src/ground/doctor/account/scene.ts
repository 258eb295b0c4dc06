import type { Role } from '../../../aws/reads/roles.js';
import type { Need } from '../../../base/declare/command.js';
import type { Workflow } from '../workflows/workflow.js';
import type { Judge } from '../judge.js';

export interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** What may be asked about who is doing all this. Reads reject with `LadingError`. */
export interface AccountScene {
  readonly region: string;
  readonly partition: string;
  /** Where the credentials come from, as `profile ci`. */
  readonly source: string;
  readonly caller: Caller;
  /** Role that releases, by name or ARN; undefined: the caller. */
  readonly role: string | undefined;
  /** What the verbs of a release need of AWS. */
  readonly needs: readonly Need[];
  /** What stands for a kind of resource; a kind without any is not looked at. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
  readonly workflows: readonly Workflow[];
  /** `owner/name`, as GitHub's remote has it. */
  readonly repository: string | undefined;
  readonly issuer: string;
  readonly reads: AccountReads;
}

export interface AccountReads extends Judge {
  role(name: string): Promise<Role | undefined>;
  /** Claims of the token that this job may ask for; undefined outside of a job, or without `id-token: write`. */
  claims(): Promise<Readonly<Record<string, string>> | undefined>;
}
