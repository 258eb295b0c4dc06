/** Seconds since the stand-in was opened. */
export interface Window {
  readonly from: number;
  /** How long it lasts; for ever when it is left out. */
  readonly for?: number;
}

/** How the answers err. All of it is decided by these numbers and the seed, none of it by chance. Seconds. */
export interface Errs {
  /** How long each call takes, in milliseconds of the clock; 30 when left out. */
  readonly latency?: number;
  /** By how many seconds the clock of ECS is ahead of the caller's. */
  readonly skew?: number;
  /** Reads that come late, or see what was. `eventual` is a draw of all of them between 1 and 5 seconds. */
  readonly consistency?: Consistency | 'eventual';
  readonly throttled?: readonly (Window & { readonly operations: readonly string[] | 'all' })[];
  readonly faults?: readonly Faults[];
  /** Operations that the policy does not allow, for ever. `logs:GetLogEvents` for those of another service. */
  readonly denied?: readonly string[];
  /** From then on every call is refused: the session token has expired. */
  readonly expiresAt?: number;
  /** No page has more entries than this. */
  readonly pageSize?: number;
  /** Operations that an older partition or an emulator has never heard of. */
  readonly unknown?: { readonly operations: readonly string[]; readonly as: 'aws' | 'moto' };
  /** Service deployments are neither listed nor described, and the service does not name them. */
  readonly history?: 'missing';
  /** Calls that take effect and whose answer never arrives: how often, for each operation. */
  readonly lost?: Readonly<Record<string, number>>;
  /** Calls that the service turns down by itself. */
  readonly refused?: readonly { readonly operation: string; readonly code: string; readonly message: string }[];
}

export interface Consistency {
  /** Until then ListServiceDeployments does not list a deployment. */
  readonly listedAfter?: number;
  /** Until then DescribeServiceDeployments says MISSING. */
  readonly describableAfter?: number;
  /** Until then `currentServiceDeployment` is that of the former deployment, in the answer to UpdateService too. */
  readonly currentAfter?: number;
  /** DescribeServices answers for so long after each change as if it had not been made. */
  readonly servicesStaleFor?: number;
  /** Started tasks are listed late, and so are stopped ones as stopped. */
  readonly tasksListedAfter?: number;
  /** Until then DescribeTasks says MISSING. */
  readonly tasksDescribableAfter?: number;
  /** Until then a line cannot be read. */
  readonly linesAfter?: number;
  readonly revisionsAfter?: number;
  /** Until then a service deployment names no revision that it deploys. */
  readonly targetRevisionAfter?: number;
  /** The digests of a revision are filled in that long after its creation. */
  readonly digestsAfter?: number;
  /** The given reads of an operation see what an earlier one saw. */
  readonly backwards?: readonly Backwards[];
  /** Lists in no order at all. */
  readonly shuffled?: boolean;
}

export interface Backwards {
  readonly operation: string;
  /** The first read of this operation so long after our deployment began, and none after it. */
  readonly at: number;
  /** It sees what was answered at least so long ago. */
  readonly by: number;
}

/** What goes wrong on the way, not in ECS. */
export interface Faults extends Window {
  readonly operations: readonly string[] | 'all';
  readonly kind: 'reset' | 'internal error' | 'unavailable';
  /** Only every n-th call in the window; every one when left out. */
  readonly every?: number;
}
