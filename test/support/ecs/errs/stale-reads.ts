import { compact, record, records, texts } from '../engine/fields.js';
import { findServiceDeployment } from '../operations/lookup.js';
import { findRevision } from '../operations/service-revisions.js';
import { showService } from '../operations/show-service.js';
import { findTask } from '../operations/tasks.js';
import type { Json, World } from '../engine/state.js';
import type { Consistency, Errs } from './errs.js';

const MAKING = new Set(['UpdateService', 'CreateService', 'DeleteService']);

/** Turns what is true into what a reader gets to see. */
export interface StaleReads {
  /** To be called before a change is made. */
  beforeChange(world: World, operation: string): void;
  /** What is seen instead of the true output. */
  seen(world: World, operation: string, input: Json, output: Json): Json;
}

export function staleReads(errs: Errs, consistency: Consistency): StaleReads {
  let former: { readonly until: number; readonly services: ReadonlyMap<string, Json> } | undefined;
  const past = new Map<string, { readonly at: number; readonly output: Json }[]>();
  const backwards = new Set(consistency.backwards ?? []);

  const goBack = (world: World, operation: string, input: Json, output: Json): Json => {
    const due = [...backwards].filter((one) => one.operation === operation);
    if (due.length === 0) return output;
    const key = `${operation} ${JSON.stringify(input)}`;
    const earlier = past.get(key) ?? [];
    past.set(key, earlier);
    const since = (world.now - (world.touchedAt ?? Infinity)) / 1000;
    for (const one of due) {
      const old = earlier.findLast((read) => read.at <= world.now - one.by * 1000);
      if (since < one.at || !old) continue;
      backwards.delete(one);
      return old.output;
    }
    earlier.push({ at: world.now, output });
    return output;
  };

  return {
    beforeChange(world, operation) {
      if (!consistency.servicesStaleFor || !MAKING.has(operation)) return;
      const services = new Map([...world.services.values()].map((one) => [one.arn, showService(world, one, false)]));
      former = { until: world.now + consistency.servicesStaleFor * 1000, services };
    },
    seen(world, operation, input, output) {
      const isStale = former && world.now < former.until && operation === 'DescribeServices';
      const late = delay(world, errs, consistency, operation, isStale ? asBefore(former!.services, output) : output);
      return goBack(world, operation, input, late);
    },
  };
}

function asBefore(former: ReadonlyMap<string, Json>, output: Json): Json {
  const services = records(output.services);
  const arnOf = (one: Json) => String(one.serviceArn);
  return {
    services: services.flatMap((one) => former.get(arnOf(one)) ?? []),
    failures: [
      ...records(output.failures),
      ...services.filter((one) => !former.has(arnOf(one))).map((one) => ({ arn: arnOf(one), reason: 'MISSING' })),
    ],
  };
}

function delay(world: World, errs: Errs, late: Consistency, operation: string, output: Json): Json {
  const isYoung = (createdAt: number | undefined, after: number | undefined) =>
    createdAt !== undefined && after !== undefined && world.now < createdAt + after * 1000;
  const isMissing = errs.history === 'missing';
  switch (operation) {
    case 'DescribeServices':
      return { ...output, services: records(output.services).map((one) => current(world, errs, late, one)) };
    case 'UpdateService':
    case 'CreateService':
      return { service: current(world, errs, late, record(output.service)) };
    case 'ListServiceDeployments': {
      const all = records(output.serviceDeployments);
      const seen = all.filter((one) => !isMissing && !isYoung(Number(one.createdAt) * 1000, late.listedAfter));
      const shown = late.shuffled ? [...seen].sort(byEnd) : seen;
      return compact({ ...output, serviceDeployments: shown, nextToken: isMissing ? undefined : output.nextToken });
    }
    case 'DescribeServiceDeployments': {
      const isHidden = (one: Json) => isMissing || isYoung(Number(one.createdAt) * 1000, late.describableAfter);
      const hidden = hide(output, 'serviceDeployments', 'serviceDeploymentArn', isHidden);
      const shown = records(hidden.serviceDeployments).map((one) => {
        const { createdAt } = findServiceDeployment(world, String(one.serviceDeploymentArn))!.deployment;
        return isYoung(createdAt, late.targetRevisionAfter)
          ? compact({ ...one, targetServiceRevision: undefined })
          : one;
      });
      return { ...hidden, serviceDeployments: shown };
    }
    case 'DescribeServiceRevisions': {
      const createdAt = (one: Json) => findRevision(world, String(one.serviceRevisionArn))?.revision.createdAt;
      const hidden = hide(output, 'serviceRevisions', 'serviceRevisionArn', (one) =>
        isYoung(createdAt(one), late.revisionsAfter),
      );
      const shown = records(hidden.serviceRevisions).map((one) => {
        if (!isYoung(createdAt(one), late.digestsAfter)) return one;
        return { ...one, containerImages: records(one.containerImages).map(({ imageDigest: _, ...rest }) => rest) };
      });
      return { ...hidden, serviceRevisions: shown };
    }
    case 'ListTasks': {
      const arns = texts(output, 'taskArns').filter((arn) => {
        const task = findTask(world, arn);
        return !isYoung(task?.stoppingAt ?? task?.createdAt, late.tasksListedAfter);
      });
      return { ...output, taskArns: arns };
    }
    case 'DescribeTasks':
      return hide(output, 'tasks', 'taskArn', (one) =>
        isYoung(Number(one.createdAt) * 1000, late.tasksDescribableAfter),
      );
    case 'GetLogEvents':
      return lateLines(world, late, output);
    default:
      return output;
  }
}

/** The token stays before the first line that is not there yet. */
function lateLines(world: World, { linesAfter = 0 }: Consistency, output: Json): Json {
  const all = records(output.events);
  const shown = all.filter((one) => world.now >= Number(one.timestamp) + linesAfter * 1000);
  const [, end = '0'] = String(output.nextForwardToken).split('/');
  return { ...output, events: shown, nextForwardToken: `f/${Number(end) - (all.length - shown.length)}` };
}

function hide(output: Json, list: string, key: string, isHidden: (one: Json) => boolean): Json {
  const all = records(output[list]);
  const failures = all.filter(isHidden).map((one) => ({ arn: one[key], reason: 'MISSING' }));
  return {
    ...output,
    [list]: all.filter((one) => !isHidden(one)),
    failures: [...records(output.failures), ...failures],
  };
}

/** The service's word on which deployment is the current one. */
function current(world: World, errs: Errs, late: Consistency, shown: Json): Json {
  if (errs.history === 'missing')
    return compact({ ...shown, currentServiceDeployment: undefined, currentServiceRevisions: undefined });
  const history = world.services.get(String(shown.serviceName))?.history ?? [];
  const at = history.findIndex((one) => one.arn === shown.currentServiceDeployment);
  const newest = history[at];
  if (!newest || late.currentAfter === undefined || world.now >= newest.createdAt + late.currentAfter * 1000)
    return shown;
  return compact({ ...shown, currentServiceDeployment: history[at - 1]?.arn });
}

/** An order in which the newest is not first. */
function byEnd(one: Json, other: Json): number {
  const end = (deployment: Json) => String(deployment.serviceDeploymentArn).slice(-6);
  return end(one) < end(other) ? -1 : 1;
}
