/** What can be told of one rollout while it goes on, whatever drives it. */
export type RolloutChange =
  | { readonly kind: 'progress'; readonly progress: RolloutProgress }
  /** Why tasks die, or what ends the rollout; `tasks` of them so far. */
  | { readonly kind: 'cause'; readonly cause: RolloutCause }
  /** A task was lost to something that may pass: told, not counted. */
  | { readonly kind: 'passing'; readonly cause: RolloutCause }
  /** The far side turns it back, or is asked to. */
  | { readonly kind: 'turning'; readonly by: 'us' | 'far side' | 'somebody'; readonly reason: string }
  /** Something that may not be seen, what is lost by that, and what would allow it. */
  | { readonly kind: 'unseen'; readonly what: string; readonly lost: string; readonly allow: string | undefined }
  /** A read does not come through for a while. */
  | { readonly kind: 'waiting'; readonly what: string; readonly why: string; readonly ms: number }
  /** What the far side says that is no cause yet. */
  | { readonly kind: 'notice'; readonly text: string };

export interface RolloutProgress {
  /** The far side's word for where it is, as `SCALE_UP`; undefined when it has none. */
  readonly stage: string | undefined;
  readonly running: number;
  readonly desired: number;
  readonly starting: number;
  readonly failures?: { readonly count: number; readonly of: number } | undefined;
  /** Percent of the production traffic that the new tasks get; only where that is shifted in steps. */
  readonly traffic?: number | undefined;
}

export interface RolloutCause {
  readonly class: string;
  readonly text: string;
  readonly hint: string;
  /** Tasks that died of it so far, and how many are wanted. */
  readonly tasks: number;
  readonly of: number | undefined;
  readonly container: string | undefined;
  readonly exitCode: number | undefined;
  readonly task: string | undefined;
  readonly zone: string | undefined;
  /** Last lines of the container: untrusted. */
  readonly logs: readonly string[];
}
