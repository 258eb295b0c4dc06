/** One container of a task, as its definition says after overrides. */
export interface ContainerSpec {
  readonly name: string;
  /** `host/name@sha256:…`, resolved when the deployment was created. */
  readonly image: string;
  readonly env: Readonly<Record<string, string>>;
  readonly entryPoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly workingDirectory?: string | undefined;
  readonly user?: string | undefined;
  /** Container ports that the task definition maps. */
  readonly ports: readonly number[];
  readonly stopTimeoutMs: number;
}

/** Why a container could not be started, in ECS's own words. */
export interface StartFailure {
  /** As `CannotPullContainerError: pull image manifest has been retried 1 time(s): …`. */
  readonly reason: string;
}

export interface RunningContainer {
  /** Loopback URL of the first mapped port; undefined when there is none. */
  readonly url: string | undefined;
  /** Resolves when the container has ended. */
  readonly exited: Promise<{ readonly exitCode: number; readonly reason?: string }>;
  /** SIGTERM, and SIGKILL after the stop timeout. Resolves when it has ended. */
  stop(): Promise<void>;
}

/** Really runs containers: as processes of this machine or in Docker. */
export interface TaskRunner {
  start(container: ContainerSpec, onLine: (line: string) => void): Promise<RunningContainer | StartFailure>;
}
