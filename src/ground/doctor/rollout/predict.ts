import { countWaves } from './waves.js';

/** All that rules how long a rollout takes, in seconds unless the name says otherwise. */
export interface RolloutFacts {
  readonly launch: 'FARGATE' | 'EC2' | 'EXTERNAL';
  readonly strategy: string;
  readonly desired: number;
  readonly daemon: boolean;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Compressed, of all containers; undefined when it is not known. */
  readonly imageBytes: number | undefined;
  /** The slowest target group of the service. */
  readonly target:
    | {
        readonly name: string;
        readonly interval: number;
        readonly threshold: number;
        readonly drain: number;
        readonly slowStart: number;
      }
    | undefined;
  /** The slowest health check of a container. */
  readonly containerCheck: { readonly container: string; readonly interval: number } | undefined;
  readonly stop: number;
  readonly bakeMinutes: number | undefined;
  readonly shift: { readonly steps: number; readonly minutes: number } | undefined;
}

/** One thing that a rollout waits for. */
export interface RolloutPart {
  readonly what: string;
  /** As one would look for it, with its value: `HealthCheckIntervalSeconds 30 × HealthyThresholdCount 5`. */
  readonly setting: string | undefined;
  readonly seconds: number;
  /** How often it is waited for. */
  readonly times: number;
  /** What to set, and the seconds that it saves in all. */
  readonly better?: { readonly set: string; readonly saves: number } | undefined;
}

export interface Prediction {
  /** Until every new task takes traffic: what a deployment waits for. */
  readonly seconds: number;
  /** Until the last old task is gone, counted from the same start. */
  readonly drainedSeconds: number;
  readonly parts: readonly RolloutPart[];
  /** After the new tasks take traffic. */
  readonly drain: readonly RolloutPart[];
  /** Undefined when a deployment cannot get through at all. */
  readonly waves: number;
}

/** Of a second: what a start of a task was seen to take. */
const PLACE = { FARGATE: 20, EC2: 3, EXTERNAL: 3 } as const;
/** Bytes a second: pulled and unpacked. */
const PULL = 40_000_000;
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html */
const GOOD_CHECK = { interval: 5, threshold: 2 };
/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html */
const GOOD_DRAIN = 30;
/** A task without load balancer and health check counts as healthy after this. */
const UNCHECKED = 40;
const LARGE = 400_000_000;

/**
 * How long a rollout takes, and what each setting costs. The time that the app itself needs to start is not in it.
 * Undefined when no deployment gets through, or none is needed. Pure.
 */
export function predictRollout(facts: RolloutFacts): Prediction | undefined {
  const waves = facts.strategy === 'ROLLING' ? countWaves(facts) : 1;
  if (facts.desired === 0 || waves === undefined) return undefined;
  const start = [placing(facts, waves), pulling(facts, waves), ...settling(facts, waves)];
  const parts = [...start.flatMap((part) => part ?? []), ...shifting(facts), ...room(facts, waves, start)];
  const drain = draining(facts);
  const seconds = total(parts);
  return { seconds, drainedSeconds: seconds + total(drain), parts, drain, waves };
}

function total(parts: readonly RolloutPart[]): number {
  return parts.reduce((sum, { seconds, times }) => sum + seconds * times, 0);
}

function placing({ launch }: RolloutFacts, times: number): RolloutPart {
  const what = launch === 'FARGATE' ? 'Fargate finds room for a task and gives it an address' : 'a task is placed';
  return { what, setting: undefined, seconds: PLACE[launch], times };
}

function pulling({ imageBytes, launch }: RolloutFacts, times: number): RolloutPart | undefined {
  if (imageBytes === undefined) return undefined;
  const seconds = Math.max(1, Math.round(imageBytes / PULL));
  const megabytes = Math.round(imageBytes / 1_000_000);
  const saves = Math.round((imageBytes - LARGE / 4) / PULL) * times;
  return {
    what:
      launch === 'FARGATE' ? 'the image is pulled: Fargate keeps none' : 'the image is pulled, where it is not there',
    setting: `image of ${megabytes} MB`,
    seconds,
    times,
    ...(imageBytes > LARGE &&
      saves > 0 && { better: { set: 'an image of 100 MB, as lading build makes of a Node app', saves } }),
  };
}

/** Load balancer and container are asked side by side: the slower one counts. */
function settling(facts: RolloutFacts, times: number): readonly RolloutPart[] {
  const { target, containerCheck } = facts;
  const byTarget = target ? target.interval * target.threshold : 0;
  const byContainer = containerCheck?.interval ?? 0;
  if (target && byTarget >= byContainer) {
    const good = GOOD_CHECK.interval * GOOD_CHECK.threshold;
    return [
      {
        what: `the load balancer finds a task healthy`,
        setting: `HealthCheckIntervalSeconds ${target.interval} × HealthyThresholdCount ${target.threshold}`,
        seconds: byTarget,
        times,
        ...(byTarget > good * 2 && {
          better: {
            set: `an interval of ${GOOD_CHECK.interval} s and a healthy threshold of ${GOOD_CHECK.threshold}`,
            saves: (byTarget - Math.max(good, byContainer)) * times,
          },
        }),
      },
    ];
  }
  if (containerCheck) {
    return [
      {
        what: `the health check of ${containerCheck.container} passes once`,
        setting: `healthCheck interval ${byContainer}`,
        seconds: byContainer,
        times,
        ...(byContainer > 15 && {
          better: { set: 'an interval of 5 s', saves: (byContainer - Math.max(5, byTarget)) * times },
        }),
      },
    ];
  }
  return [
    {
      what: 'ECS waits before it counts a task that nobody checks',
      setting: 'no health check',
      seconds: UNCHECKED,
      times,
      better: { set: 'a container health check with an interval of 5 s', saves: (UNCHECKED - 5) * times },
    },
  ];
}

/** Blue/green, linear and canary: traffic moves in steps, and what was is kept for a while. */
function shifting({ bakeMinutes, shift }: RolloutFacts): readonly RolloutPart[] {
  const parts: RolloutPart[] = [];
  if (shift && shift.steps > 0) {
    parts.push({
      what: 'traffic moves in steps',
      setting: `${shift.steps} × ${shift.minutes} min`,
      seconds: shift.minutes * 60,
      times: shift.steps,
    });
  }
  if (bakeMinutes) {
    parts.push({
      what: 'both revisions stand side by side',
      setting: `bakeTimeInMinutes ${bakeMinutes}`,
      seconds: bakeMinutes * 60,
      times: 1,
    });
  }
  return parts;
}

/** More waves than one are told with what one would save. */
function room(facts: RolloutFacts, waves: number, start: readonly (RolloutPart | undefined)[]): readonly RolloutPart[] {
  if (facts.daemon || facts.strategy !== 'ROLLING' || waves < 2) return [];
  const one = start.reduce((sum, part) => sum + (part?.seconds ?? 0), 0);
  return [
    {
      what: `tasks are replaced in ${waves} waves`,
      setting: `minimumHealthyPercent ${facts.minimumHealthyPercent}, maximumPercent ${facts.maximumPercent} of ${facts.desired}`,
      seconds: 0,
      times: 1,
      better: { set: 'a maximum percent of 200: all start at once', saves: one * (waves - 1) },
    },
  ];
}

function draining({ target, stop }: RolloutFacts): readonly RolloutPart[] {
  const parts: RolloutPart[] = [];
  if (target) {
    parts.push({
      what: 'old tasks get no more requests, and finish those that they have',
      setting: `deregistration_delay.timeout_seconds ${target.drain}`,
      seconds: target.drain,
      times: 1,
      ...(target.drain > GOOD_DRAIN * 2 && {
        better: { set: `${GOOD_DRAIN} s, when no request takes longer`, saves: target.drain - GOOD_DRAIN },
      }),
    });
  }
  parts.push({
    what: 'a container that does not heed SIGTERM is killed',
    setting: `stopTimeout ${stop}`,
    seconds: stop,
    times: 1,
  });
  return parts;
}
