import type { Clock } from '../base/clock.js';
import type { WebIdentityClaims } from './access/web-identity.js';
import type { Consistency } from './ecs/consistency/lags.js';
import type { Scenario } from './ecs/scenario-shape.js';
import type { Fault } from './faults.js';
import type { AccessEntry } from './http/listen.js';
import type { Moto } from './moto/start-moto.js';
import type { JournalEntry } from './service.js';

export interface SandboxOptions {
  /** A free one when left out. */
  readonly port?: number;
  /** A `virtualClock` makes rollouts instantaneous. */
  readonly clock?: Clock;
  readonly region?: string;
  readonly accountId?: string;
  /** The script of deployments, with simulated tasks. */
  readonly scenario?: Scenario;
  /** `simulated` follows the scenario; the others really run the image that was pushed. */
  readonly tasks?: 'simulated' | 'process' | 'docker';
  /** Lets tasks of the kind `process` run as root, with all that root may do to this computer. */
  readonly allowRoot?: boolean;
  /** A push makes the repository, as with ECR's creation templates. */
  readonly createOnPush?: boolean;
  /** Names by which it is asked beside 127.0.0.1, localhost and [::1], with or without a port. */
  readonly hosts?: readonly string[];
  /** The key that calls are signed with, for output that stays the same; a random one when left out. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** What answers for the services that are not played here: the address of a moto server, or one that `startMoto` started. */
  readonly moto?: string | Moto;
  /**
   * `strong`, the default, answers each read of ECS with what is: a test may look at once at what it has written.
   * `eventual` answers late and in part, as ECS does after a write: what waits for it is to be rehearsed so.
   */
  readonly consistency?: Consistency;
  /** What is late, and by how much, is the same for the same seed; 1 when left out. */
  readonly seed?: number;
  /** At most so many entries in a page of a read, to see whether a program reads the next ones. */
  readonly pageSize?: number;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT`, of every API. */
  readonly url: string;
  /** Host of the registry, as it stands in image references. */
  readonly host: string;
  readonly region: string;
  readonly accountId: string;
  /**
   * Environment for the `aws` CLI, the SDKs and lading: address, region, credentials of this run, and
   * `LADING_SANDBOX_KEY`, the bearer key of `/_sandbox/…`. Nobody without them gets an answer.
   */
  readonly env: Readonly<Record<string, string>>;
  /** What it answers to, as `ecs DescribeServices`. */
  readonly operations: readonly string[];
  /** Every call of an AWS API, in order. */
  readonly journal: readonly JournalEntry[];
  /** Every request to the registry, in order. */
  readonly requests: readonly AccessEntry[];
  inject(fault: Fault): void;
  /** Of the next deployments and one-off tasks of all, or of one service or task family. */
  useScenario(scenario: Scenario, name?: string): void;
  createRepository(name: string, settings?: { readonly immutable?: boolean }): void;
  /** One call of an emulated API, without HTTP. */
  call(service: 'ecs' | 'ecr' | 'logs', operation: string, input?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** A token as GitHub gives a job one: `AssumeRoleWithWebIdentity` takes no other. Good for five minutes. */
  webIdentityToken(claims?: Partial<WebIdentityClaims>): string;
  /** A stable address that forwards to the healthy tasks of a service. */
  serviceUrl(cluster: string, service: string): Promise<string>;
  close(): Promise<void>;
}
