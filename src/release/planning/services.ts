import type {
  Entry,
  PlaceFields,
  ReleaseService,
  ServiceEntryFields,
  ServiceFields,
  ServicePlace,
  UsedImage,
} from '../release.js';
import type { Asked, Chooser } from './asked.js';
import { chooser } from './asked.js';
import { missing } from './images.js';

/** Where each service is; the one of the short form is called like ECS calls it. */
export function planPlaces(
  values: PlaceFields,
  entries: readonly Entry<PlaceFields>[],
  inPlay: (name: string) => boolean,
  asked: Asked,
): readonly ServicePlace[] {
  const { pick, where } = chooser<PlaceFields>(values, asked, { inPlay });
  const placeOf = (entry: Entry<PlaceFields> | undefined, service: string, name: string): ServicePlace => ({
    name,
    service,
    cluster: pick('cluster', entry) ?? values.cluster,
    region: pick('region', entry),
    where: (field) => (field === undefined && entry ? entry.where() : where((field ?? 'service') as 'service', entry)),
  });
  if (entries.length > 0)
    return entries.map((entry) => placeOf(entry, pick('service', entry) ?? entry.name, entry.name));
  if (values.service !== undefined) return [placeOf(undefined, values.service, nameOfService(values.service))];
  asked.issues.push(missing('service', 'deploy.service', asked.origins.where('service')));
  return [];
}

/** `shop` of a name, and of `arn:aws:ecs:…:service/cluster/shop`. */
export function nameOfService(service: string): string {
  return service.slice(service.lastIndexOf('/') + 1);
}

/** An answer with another status than HTTP has would never come. */
export function checkSmoke(entry: Entry<ServiceEntryFields> | undefined, { issues }: Asked): void {
  const status = entry?.smoke?.status;
  if (status === undefined || (status >= 200 && status <= 599)) return;
  const message = `is no status of an answer: ${status}`;
  issues.push({ where: entry?.where('smoke.status') ?? '', message, hint: 'It is a number from 200 to 599.' });
}

/** How a service is rolled out, wherever it is. */
export function planService(
  place: ServicePlace,
  entry: Entry<ServiceEntryFields> | undefined,
  request: {
    readonly values: ServiceFields & { readonly forceNewDeployment: boolean | undefined };
    readonly images: readonly UsedImage[];
    readonly choose: Chooser<ServiceFields>;
  },
): ReleaseService {
  const { values, images, choose } = request;
  const smoke = entry?.smoke;
  return {
    ...place,
    images,
    taskDefinition: choose.pick('taskDefinition', entry),
    env: choose.pick('env', entry) ?? [],
    force: values.forceNewDeployment ?? false,
    desiredCount: choose.pick('desiredCount', entry),
    wait: choose.pick('wait', entry) ?? values.wait,
    timeoutMs: choose.pick('timeout', entry) ?? values.timeout,
    failFast: choose.pick('failFast', entry) ?? values.failFast,
    ifUnchanged: choose.pick('ifUnchanged', entry) ?? values.ifUnchanged,
    after: entry?.after ?? [],
    smoke: smoke && {
      url: smoke.url,
      status: smoke.status,
      timeoutMs: smoke.timeout,
      onFailure: smoke.onFailure,
    },
  };
}
