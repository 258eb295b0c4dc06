import { advance, openWorld } from './engine/engine.js';
import { EcsFault } from './engine/fault.js';
import { text } from './engine/fields.js';
import { consistencyOf } from './errs/eventual.js';
import { refusalOf } from './errs/refusals.js';
import { staleReads } from './errs/stale-reads.js';
import { operations } from './operations/all.js';
import { isEnded, NOTHING, oursIn, truthOf } from './truth/truth.js';
import { unattended } from './truth/unattended.js';
import type { Clock } from '../../../src/base/clock.js';
import type { Json, World } from './engine/state.js';
import type { Errs } from './errs/errs.js';
import type { Refusal } from './errs/refusals.js';
import type { Operation } from './operations/operation.js';
import type { Rollout } from './rollouts/rollout.js';
import type { JournalEntry } from './truth/journal.js';
import type { Change } from './truth/replay.js';
import type { Truth } from './truth/truth.js';

export interface EcsOptions {
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly rollout: Rollout;
  /** The same seed, rollout and calls give the same answers; 1 by default. */
  readonly seed?: number | string;
  /** Laid over the rollout's own. */
  readonly errs?: Errs;
}

/** What comes over the wire. */
export type Reply = { readonly kind: 'output'; readonly output: Json } | Refusal;

/**
 * ECS and the reading half of CloudWatch Logs, without HTTP. The cluster is `production` and the service `web`. Time
 * passes with the clock only: nothing runs by itself.
 */
export interface Ecs {
  readonly rollout: Rollout;
  /** The time of ECS, which the server puts into `Date`. */
  now(): number;
  /** `service` is `ecs` or `logs`. Rejects only when the signal aborts. */
  answer(service: string, operation: string, input: Json, options?: { readonly signal?: AbortSignal }): Promise<Reply>;
  /** The same for tests: the output, or the error that a client would throw, with its `code`. */
  call(service: string, operation: string, input?: Json): Promise<Json>;
  /** What really became of the tool's last deployment until now. */
  truth(): Truth;
  /** Whether the tool's last deployment has ended; cheaper than the truth. */
  isOver(): boolean;
  /** The truth of each of the tool's deployments, oldest first. */
  truths(): readonly Truth[];
  /**
   * What would have become of a deployment of the tool (the last by default) if the tool had only made it and looked
   * on; for 180 minutes by default.
   */
  unattended(options?: { readonly which?: number; readonly minutes?: number }): Truth;
  readonly journal: readonly JournalEntry[];
}

export function openEcs({ clock, rollout, seed = 1, errs: laidOver }: EcsOptions): Ecs {
  const errs = { ...rollout.errs, ...laidOver };
  const now = () => clock.now() + (errs.skew ?? 0) * 1000;
  const start = now();
  const beginning = { rollout, seed: `${seed}/${rollout.name}`, start };
  const world = openWorld(rollout, beginning.seed, start);
  advance(world, start);
  const journal: JournalEntry[] = [];
  const changes: Change[] = [];
  const calls = new Map<string, number>();
  const lost = new Map(Object.entries(errs.lost ?? {}));
  const reads = staleReads(errs, consistencyOf(errs, beginning.seed));
  const toNow = () => advance(world, Math.max(world.now, now()));

  const perform = (service: string, operation: string, input: Json): Reply => {
    const known = operations[service]?.[operation];
    if (!known) return { kind: 'fault', fault: new EcsFault('UnknownOperationException', '') };
    try {
      const output = known.changes ? change(known, service, operation, input) : known.answer(world, input, pages(errs));
      return { kind: 'output', output: reads.seen(world, operation, input, output) };
    } catch (error) {
      if (error instanceof EcsFault) return { kind: 'fault', fault: error };
      throw error;
    }
  };

  const change = (known: Operation, service: string, operation: string, input: Json): Json => {
    reads.beforeChange(world, operation);
    world.version += 1;
    const made = { at: world.now, service, operation, input: structuredClone(input) };
    try {
      return known.answer(world, made.input, pages(errs));
    } finally {
      world.version += 1;
      changes.push({ ...made, ours: oursIn(world).length });
    }
  };

  const isLost = (operation: string, reply: Reply) => {
    const left = lost.get(operation) ?? 0;
    if (reply.kind !== 'output' || left === 0) return false;
    lost.set(operation, left - 1);
    return true;
  };

  const answer: Ecs['answer'] = async (service, operation, input, { signal } = {}) => {
    await clock.sleep(errs.latency ?? 30, signal);
    toNow();
    const earlier = calls.get(`${service}:${operation}`) ?? 0;
    calls.set(`${service}:${operation}`, earlier + 1);
    const call = { service, operation, at: (world.now - start) / 1000, earlier };
    const reply = refusalOf(errs, call, resourceOf(world, input)) ?? perform(service, operation, input);
    const given: Reply = isLost(operation, reply) ? { kind: 'reset' } : reply;
    journal.push({ at: world.now, service, operation, input, ...told(given, given !== reply) });
    return given;
  };

  const truths = () => {
    toNow();
    return oursIn(world).map(({ service, deployment }) => truthOf(world, service, deployment));
  };

  return {
    rollout,
    now,
    answer,
    async call(service, operation, input = {}) {
      const reply = await answer(service, operation, input);
      if (reply.kind === 'output') return reply.output;
      if (reply.kind === 'fault') throw reply.fault;
      throw Object.assign(new Error(`${operation} got no answer`), { code: 'ECONNRESET' });
    },
    isOver() {
      toNow();
      const last = oursIn(world).at(-1);
      return last !== undefined && isEnded(last.deployment);
    },
    truth: () => truths().at(-1) ?? NOTHING,
    truths,
    unattended({ which = oursIn(world).length - 1, minutes = 180 } = {}) {
      return which < 0 ? NOTHING : unattended(beginning, changes, { which, minutes });
    },
    journal,
  };
}

function pages(errs: Errs): { readonly limit: number } {
  return { limit: errs.pageSize ?? 100 };
}

function told(reply: Reply, isLost: boolean): Partial<JournalEntry> {
  if (reply.kind === 'output') return { output: reply.output };
  if (reply.kind === 'reset') return { broken: isLost ? 'lost' : 'reset' };
  if (reply.kind === 'page') return { broken: 'page' };
  const { code, message, status } = reply.fault;
  return { fault: { type: code, message, status } };
}

/** What a denial names. */
function resourceOf(world: World, input: Json): string {
  const service = text(input, 'service') ?? text(input, 'serviceName');
  if (service !== undefined) return world.names.serviceArn(service.slice(service.lastIndexOf('/') + 1));
  return text(input, 'serviceDeploymentArn') ?? '*';
}
