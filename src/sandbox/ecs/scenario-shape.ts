/** A task that ends, in ECS's own words. */
export interface TaskEnd {
  readonly stopCode:
    | 'TaskFailedToStart'
    | 'EssentialContainerExited'
    | 'ServiceSchedulerInitiated'
    | 'UserInitiated'
    | 'SpotInterruption'
    | 'TerminationNotice';
  readonly stoppedReason: string;
  readonly exitCode?: number;
  /** Of the container. */
  readonly reason?: string;
  readonly logs?: readonly string[];
  /** What the load balancer says of it before it is stopped, as `Health checks failed with these codes: [502]`. */
  readonly unhealthy?: string;
}

/** How a task of a new revision goes, in seconds after ECS has started it. */
export interface TaskFate {
  /** When it is RUNNING; never when left out, unless nothing at all is said: then after 7. */
  readonly runs?: number;
  /** When ECS counts it; when left out 4 after it runs, and never if it ends by itself. */
  readonly healthy?: number;
  /** When it ends by itself. */
  readonly stops?: number;
  readonly end?: TaskEnd;
  /** ECS finds no place for it, and says so in an event with this reason. */
  readonly unplaced?: string;
  /** So many tasks in a row go this way; 1 when left out, and the last of all for ever. */
  readonly times?: number;
}

/** What happens at so many seconds after a deployment was created. */
export interface ScenarioEvent {
  readonly at: number;
  /** Tasks of the new revision that run, and that are starting. Where a script says so, or ends the deployment, ECS's own rules rest until then. */
  readonly running?: number;
  readonly pending?: number;
  readonly stop?: TaskEnd;
  /** How many tasks end that way; 1 when left out. */
  readonly times?: number;
  readonly stage?: string;
  readonly status?: string;
  readonly reason?: string;
  /** Failures that the circuit breaker has counted. */
  readonly failures?: number;
  readonly event?: string;
  /** So many service events at once, to roll the hundred over. */
  readonly manyEvents?: number;
  /** Goes off. By ECS's rules it counts when the service's deployment configuration names it. */
  readonly alarm?: string;
  readonly hook?: { readonly hookId: string; readonly status: string; readonly targetArn?: string };
  /** Somebody else deploys. */
  readonly supersede?: boolean;
  /** Share of production traffic, in percent. */
  readonly weight?: number;
  /** Somebody, or autoscaling, sets the desired count. */
  readonly scale?: number;
  /** Somebody calls StopServiceDeployment. */
  readonly stopped?: boolean;
  /** Somebody deletes the service. */
  readonly deleted?: boolean;
  /** ECS no longer knows the deployment. */
  readonly forgotten?: boolean;
}

/** A one-off task, in seconds after RunTask. */
export interface TaskScript {
  /** When it runs; never when left out. */
  readonly runs?: number;
  readonly stops: number;
  readonly stopCode?: TaskEnd['stopCode'];
  readonly stoppedReason?: string;
  /** How containers end, in the order of the task definition. What is left out of the list exits with 0 if it ran. */
  readonly containers?: readonly Pick<TaskEnd, 'exitCode' | 'reason' | 'logs'>[];
  /** Nothing is started: RunTask answers 200 with this reason. */
  readonly failure?: string;
}

/** ECS is asked in vain. */
export interface ScenarioFault {
  /** As `DescribeTasks`; of CloudWatch Logs, too. `*` is all of them. */
  readonly operations: readonly string[];
  readonly type: string;
  readonly message?: string;
  readonly status?: number;
  /** Seconds after the deployment was created; from the beginning when left out. */
  readonly from?: number;
  readonly until: number;
  /** The seconds count from the creation of the service, as long as nobody has deployed it again. */
  readonly before?: boolean;
}

export interface Scenario {
  readonly name: string;
  /** What it imitates, and where that is written. */
  readonly claims: string;
  readonly events: readonly ScenarioEvent[];
  /** How the tasks of the new revision go, in the order in which ECS starts them; all of them well when left out. */
  readonly tasks?: readonly TaskFate[];
  /** What the service's deployment configuration has besides: a circuit breaker, alarms, hooks, a strategy. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** How a Lambda hook of a stage ends; SUCCEEDED when left out. One that is to run out of time never ends. */
  readonly hooks?: Readonly<Record<string, 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT'>>;
  /** Seconds that an old task takes to drain; 2 when left out. */
  readonly drains?: number;
  /** Seconds that a rollback takes, and how it ends. */
  readonly rollback?: { readonly seconds: number; readonly fails?: boolean };
  /** The service has never had a deployment that completed: there is nothing to go back to. */
  readonly noSource?: boolean;
  /** Somebody else's deployment is in flight when the service is first looked at. */
  readonly inFlight?: boolean;
  /** Service events from before the deployment, in seconds before the service was created. */
  readonly earlier?: readonly { readonly secondsAgo: number; readonly event: string }[];
  readonly faults?: readonly ScenarioFault[];
  /** How a task of RunTask goes; it runs for five seconds and exits with 0 when left out. */
  readonly task?: TaskScript;
  /** Reads of the deployment show it only after so many calls. */
  readonly staleReads?: number;
}
