/** A task that ends, in ECS's own words. */
export interface TaskEnd {
  readonly stopCode:
    | 'TaskFailedToStart'
    | 'EssentialContainerExited'
    | 'ServiceSchedulerInitiated'
    | 'UserInitiated'
    | 'SpotInterruption';
  readonly stoppedReason: string;
  readonly exitCode?: number;
  /** Of the container. */
  readonly reason?: string;
  readonly logs?: readonly string[];
}

/** What happens at so many seconds after a deployment was created. */
export interface ScenarioEvent {
  readonly at: number;
  /** Tasks of the new revision that run, and that are starting. */
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
  readonly alarm?: string;
  readonly hook?: { readonly hookId: string; readonly status: string; readonly targetArn?: string };
  /** Somebody else deploys. */
  readonly supersede?: boolean;
  /** Share of production traffic, in percent. */
  readonly weight?: number;
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

export interface Scenario {
  readonly name: string;
  /** What it imitates, and where that is written. */
  readonly claims: string;
  readonly events: readonly ScenarioEvent[];
  /** Seconds that a rollback takes, and how it ends. */
  readonly rollback?: { readonly seconds: number; readonly fails?: boolean };
  /** The service has never had a deployment that completed: there is nothing to go back to. */
  readonly noSource?: boolean;
  /** ECS is asked in vain. `until` is seconds after the deployment was created. */
  readonly faults?: readonly {
    readonly operations: readonly string[];
    readonly type: string;
    readonly message?: string;
    readonly until: number;
  }[];
  /** How a task of RunTask goes; it runs for five seconds and exits with 0 when left out. */
  readonly task?: TaskScript;
  /** Reads of the deployment show it only after so many calls. */
  readonly staleReads?: number;
}
