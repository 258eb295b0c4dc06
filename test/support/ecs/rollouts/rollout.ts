import type { Errs } from '../errs/errs.js';
import type { Random } from '../random.js';
import type { CauseClass } from './cause-class.js';

type Json = Readonly<Record<string, unknown>>;

/** One service, what its tasks do, who else acts on it, how the API errs, and how it ends. Times are seconds. */
export interface Rollout {
  readonly name: string;
  /** What the tool is asked to do. `redeploys` sends the running definition, `forces` it with forceNewDeployment. */
  readonly does?: 'deploys' | 'forces' | 'redeploys' | 'scales' | 'creates' | 'deploys twice';
  readonly service?: ServiceStart;
  /** Each task that ECS starts of a deployment of the tool does the next of these, the last for ever; fine by default. */
  readonly tasks?: Script;
  /** The same for the tool's second deployment and all later ones. */
  readonly again?: Script;
  /** Tasks that ECS starts of the revision from before. */
  readonly formerTasks?: Script;
  /** Tasks of RunTask. */
  readonly runs?: Script;
  readonly others?: readonly Deed[];
  readonly alarms?: readonly { readonly name: string; readonly at: number }[];
  /** By stage, in the order of the runs, the last for ever; a hook without a script succeeds in 5 s. */
  readonly hooks?: Readonly<Record<string, readonly HookRun[]>>;
  /** What is wrong with the load balancer's rules: a staged deployment is rolled back when it comes to them. */
  readonly networking?: string;
  /**
   * What becomes of a failed deployment when nothing was ever completed: the rollback fails (seen), or it stands still
   * for ever (as the documentation of the circuit breaker has it).
   */
  readonly withoutCandidate?: 'rollback fails' | 'stalls';
  /** Digests that ECS finds for an image, or reports instead of a digest; else the one given or one of the text. */
  readonly images?: Readonly<Record<string, string>>;
  readonly pace?: Partial<Pace>;
  readonly errs?: Errs;
  readonly expect: Expectation;
}

export type Script = readonly Behaviour[] | ((n: number, random: Random) => Behaviour);

export interface ServiceStart {
  /**
   * `completed` (default): one deployment, done since a day. `failed`: the first one failed and nothing was ever
   * completed. `in flight`: someone's deployment began a minute ago over a completed one.
   */
  readonly before?: 'completed' | 'failed' | 'in flight' | 'absent' | 'draining' | 'inactive' | 'no cluster';
  /** Tasks wanted, of a daemon the instances; 2 by default. */
  readonly desired?: number;
  /** What decides on health, of which `container` stands in the task definition. */
  readonly checks?: readonly ('container' | 'load balancer')[];
  readonly daemon?: boolean;
  readonly breaker?: 'rollback' | 'fail' | 'off';
  /** Merged over the deployment configuration. */
  readonly configuration?: Json;
  readonly grace?: number;
  /** A second container in the definition. */
  readonly sidecar?: 'essential' | 'not essential';
  /** Ten minutes ago it had trouble: tasks of the former deployment that stopped, events of failures. */
  readonly scars?: boolean;
  /** Other fields of CreateService. */
  readonly settings?: Json;
}

/** What one task does, as long as nobody stops it. */
export interface Behaviour {
  /** From its creation to RUNNING; 25 by default. */
  readonly runsAfter?: number;
  /** From RUNNING to its checks passing; 15 by default. Without any check ECS counts a task after 40 s. */
  readonly healthyAfter?: number | 'never';
  /** From RUNNING to the moment its checks have failed often enough; 90 by default for one that is never healthy. */
  readonly sickAfter?: number;
  /** What the failing check is, and what the load balancer says of it. */
  readonly sick?: { readonly check: 'container' | 'load balancer'; readonly reason?: string };
  readonly end?: End;
  /** There is no place for it: no task, only an event of the service. */
  readonly unplaced?: { readonly reason: string };
  readonly cause?: CauseClass;
  readonly logs?: readonly string[];
  /** How long the containers take to end once they are told to. */
  readonly stopsIn?: number;
  /** The second container ends by itself while the task goes on. */
  readonly sidecarEnds?: { readonly after: number; readonly exitCode: number };
}

/** How a task ends by itself. */
export interface End {
  /** From RUNNING, or from the creation of one that never gets there. */
  readonly after: number;
  readonly beforeRunning?: boolean;
  readonly stopCode: string;
  readonly reason: string;
  /** By position in the task definition; those left out exit with 0 after a stop, or have never been started. */
  readonly containers?: readonly { readonly exitCode?: number; readonly reason?: string }[];
}

/** What somebody else does, in seconds since the tool's first UpdateService or CreateService. */
export type Deed = { readonly at: number } & (
  | { readonly does: 'update'; readonly tasks?: Script }
  | { readonly does: 'scale'; readonly to: number }
  | { readonly does: 'stop' | 'delete' | 'continue' | 'roll back at the hook' }
  | { readonly does: 'kill'; readonly whose: 'ours' | 'former'; readonly tasks: number; readonly end: End }
);

export interface HookRun {
  readonly takes: number;
  /** `never` runs into its time-out. */
  readonly result: 'succeeds' | 'fails' | 'says nothing' | 'may not be invoked' | 'never';
}

/** How fast ECS itself is, in seconds. */
export interface Pace {
  /** From the record of a deployment to its start. */
  readonly pending: number;
  /** From there to the first tasks. */
  readonly launch: number;
  /** From a failure to the next attempt; doubled with every failure after the third in a row, to 27 minutes. */
  readonly retry: number;
  readonly stop: number;
  /** For how long a stopped task of a service with a load balancer stays RUNNING while its target drains. */
  readonly drain: number;
  /** For how long the states STOP_REQUESTED and ROLLBACK_REQUESTED last. */
  readonly requested: number;
  readonly shift: number;
  /** From the moment when everything stands to the end of the deployment. */
  readonly settle: number;
  /** The least that a way back takes. */
  readonly rollback: number;
  /** For how long alarms are watched after everything runs, where no bake time is set. */
  readonly alarmBake: number;
}

/** What is true at the end when nobody but the rollout's own people interferes. */
export interface Expectation {
  readonly outcome: Outcome;
  /** Of a failed or stopped one: whether what ran before runs again. */
  readonly rolledBack?: boolean;
  /** The first cause of a failure that ECS holds against the deployment, or would if it could see it. */
  readonly cause?: CauseClass;
  readonly exitCode?: number;
  /** What can be seen to go wrong and does no harm. */
  readonly passing?: CauseClass;
  readonly earlyStop: EarlyStop;
  /** How long the tool is willing to follow, in minutes; 30 by default. */
  readonly patience?: number;
  /** What remains of the proof when reads are denied or missing; `full` by default. */
  readonly proof?: 'full' | 'partial' | 'none';
  /** The revision runs other bytes than the image named by the definition. */
  readonly digest?: 'other';
}

/**
 * Whether a tool may stop the deployment before ECS does. `may`: no repetition can mend the cause. `beyond the
 * threshold`: it could pass, though it does not: only after as many failures as ECS's breaker bears, whether it is on
 * or not. `must not`: it passes, or is not the tool's to judge.
 */
export type EarlyStop = 'may' | 'beyond the threshold' | 'must not';

/**
 * `nothing`: the tool has made no deployment (nothing to do, or a refusal). `timed out`: not ended when the tool's
 * patience is, for ECS it is still going on. `stopped`: by somebody.
 */
export type Outcome =
  'succeeded' | 'failed' | 'superseded' | 'stopped' | 'paused' | 'deleted' | 'timed out' | 'nothing';
