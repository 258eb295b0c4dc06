import { primaryOf } from '../../api.js';
import { diffDefinitions } from '../../definition/diff.js';
import type { ContainerVariable, ImageChange } from '../../definition/change.js';
import { canonicalDefinition } from '../../definition/canonical.js';
import { changeDefinition, containerFor, digestIn } from '../../definition/change.js';
import { revisionOf } from '../../definition/read.js';
import type { TaskDefinition } from '../../shapes.js';
import type { Ours } from '../watch/state.js';
import type { Last } from './last-deployment.js';
import { howOf, lastOf } from './last-deployment.js';
import type { Past, Present } from './present.js';
import { isInFlight } from './present.js';

/**
 * What to do when the service has the wanted definition already, but its deployment did not end well. `attach` follows
 * one that is in flight and begins another when it ended badly; `redeploy` begins another in any case; `report` begins
 * none: it follows, or says how the last one ended.
 */
export type IfUnchanged = 'attach' | 'redeploy' | 'report';

export interface PlanRequest {
  readonly images: readonly ImageChange[];
  readonly env: readonly ContainerVariable[];
  /** Instead of the running one. */
  readonly definition?: TaskDefinition | undefined;
  /** An existing revision to run, which is not registered again. */
  readonly revision?: string | undefined;
  /** Revisions that are there already, as one that a task of the release ran before: an equal one is not made again. */
  readonly existing?: readonly TaskDefinition[] | undefined;
  readonly force: boolean;
  readonly desiredCount?: number | undefined;
  readonly ifUnchanged: IfUnchanged;
  /** Digests that count as the wanted one, by the digest in the reference: an index and its children. */
  readonly sameImage?: ReadonlyMap<string, ReadonlySet<string>> | undefined;
}

/** What a deployment would do, as data. */
export interface Plan {
  readonly act: Act;
  /** ARN that the service has now. */
  readonly current: string;
  readonly definition: TaskDefinition;
  readonly images: readonly { readonly container: string; readonly image: string }[];
  /** Container → digests that count as what was asked for; only where one was asked for. */
  readonly digests: ReadonlyMap<string, ReadonlySet<string>>;
  readonly changes: readonly string[];
  /** Sentences worth knowing before anything happens. */
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

export type Act =
  /** The service runs this already, and its deployment went well. */
  | { readonly do: 'nothing' }
  /** Only the number of tasks changes: ECS begins no deployment. */
  | { readonly do: 'scale'; readonly desiredCount: number }
  /** Follow what is in flight already; a new number of tasks may be asked for beside it. */
  | {
      readonly do: 'attach';
      readonly ours: Ours;
      readonly arn: string | undefined;
      readonly desiredCount: number | undefined;
    }
  /** Begin nothing; the last deployment of this definition ended so. */
  | { readonly do: 'report'; readonly past: Past }
  | {
      readonly do: 'deploy';
      /** ARN to run; undefined: the definition is registered first. */
      readonly taskDefinition: string | undefined;
      readonly force: boolean;
      readonly desiredCount: number | undefined;
    };

/** Pure: the same service and request give the same plan. */
export function planDeployment(request: PlanRequest, present: Present): Plan {
  const { service, live, turnedBack } = present;
  const definition = changeDefinition(request.definition ?? live, request.images, request.env);
  const images = request.images.map((change) => ({ container: containerFor(definition, change), image: change.image }));
  const digests = new Map(
    images.flatMap(({ container, image }) => {
      const digest = digestIn(image);
      return digest ? [[container, request.sameImage?.get(digest) ?? new Set([digest])] as const] : [];
    }),
  );
  const wanted = canonicalDefinition(definition);
  const same =
    request.revision === undefined ? wanted === canonicalDefinition(live) : request.revision === service.taskDefinition;
  const isWanted = (one: TaskDefinition) => one.status !== 'INACTIVE' && wanted === canonicalDefinition(one);
  const tried = turnedBack && isWanted(turnedBack) ? turnedBack : undefined;
  const made = tried ?? request.existing?.find(isWanted);
  const scale = request.desiredCount !== undefined && request.desiredCount !== service.desiredCount;
  const desiredCount = scale ? request.desiredCount : undefined;
  const deploy = (taskDefinition: string | undefined, force: boolean): Act => ({
    do: 'deploy',
    taskDefinition,
    force,
    desiredCount,
  });
  const last = same ? lastOf(present, digests) : undefined;
  const act: Act = !same
    ? deploy(request.revision ?? made?.taskDefinitionArn, request.force)
    : actOnSame(request, present, last ?? { is: 'good' }, deploy, desiredCount);
  return {
    act,
    current: service.taskDefinition,
    definition,
    images,
    digests,
    changes: same ? [] : diffDefinitions(live, definition),
    notes: notesOf(present, act, last, tried),
    warnings:
      (request.desiredCount ?? service.desiredCount) === 0 && service.schedulingStrategy !== 'DAEMON'
        ? ['The service has a desired count of 0: the deployment will succeed without running anything.']
        : [],
  };
}

function actOnSame(
  request: PlanRequest,
  { service }: Present,
  last: Last,
  deploy: (taskDefinition: string | undefined, force: boolean) => Act,
  desiredCount: number | undefined,
): Act {
  if (request.force) return deploy(service.taskDefinition, true);
  const primary = primaryOf(service);
  if (last.is === 'in-flight' && request.ifUnchanged !== 'redeploy' && primary) {
    const createdAt = (primary.createdAt ?? 0) * 1000 || (last.past?.createdAt ?? 0);
    const ours = { id: primary.id, taskDefinition: service.taskDefinition, createdAt };
    return { do: 'attach', ours, arn: last.past?.arn, desiredCount };
  }
  if (last.is === 'bad' && request.ifUnchanged === 'report' && last.past) return { do: 'report', past: last.past };
  if (last.is !== 'good') return deploy(service.taskDefinition, true);
  return desiredCount === undefined ? { do: 'nothing' } : { do: 'scale', desiredCount };
}

function notesOf(
  { service, history }: Present,
  act: Act,
  last: Last | undefined,
  tried: TaskDefinition | undefined,
): readonly string[] {
  const notes: string[] = [];
  const newest = history.is === 'seen' ? history.value[0] : undefined;
  if (last?.is === 'bad' && act.do === 'deploy')
    notes.push(`The last deployment of ${revisionOf(service.taskDefinition)} ${last.how}: another one is begun.`);
  if (tried?.taskDefinitionArn && act.do === 'deploy' && newest)
    notes.push(`The last deployment of ${revisionOf(tried.taskDefinitionArn)} ${howOf(newest)}: it is tried again.`);
  if (act.do === 'attach')
    notes.push(`A deployment of ${revisionOf(service.taskDefinition)} is in flight already: it is followed.`);
  if (act.do === 'deploy' && newest && isInFlight(newest.status)) {
    const what = newest.revision ? ` of ${revisionOf(newest.revision.taskDefinition)}` : '';
    notes.push(`The deployment ${idOf(newest.arn)}${what} that is in flight will be replaced.`);
  }
  return notes;
}

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
