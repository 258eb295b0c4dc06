import type { RunAnswer } from '../../shapes.js';

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [
    /^RESOURCE:MEMORY/i,
    'No instance of the cluster has so much memory free: add instances, or let the task ask for less.',
  ],
  [/^RESOURCE:CPU/i, 'No instance of the cluster has so much CPU free: add instances, or let the task ask for less.'],
  [/^RESOURCE:GPU/i, 'No instance of the cluster has so many GPUs free: add instances.'],
  [/^RESOURCE:PORTS/i, 'A port that the task wants is taken on each instance: leave hostPort away, or add instances.'],
  [/^RESOURCE:ENI/i, 'No instance has a network interface left: add instances, or turn on awsvpcTrunking.'],
  [/^RESOURCE:/i, 'The cluster has not enough of it: add instances, or let the task ask for less.'],
  [/^AGENT/i, 'The agents of the instances are not connected: look at the ECS agent there.'],
  [
    /^(ATTRIBUTE|MEMBEROF|LOCATION)/i,
    'No instance fits the definition or the placement constraints: compare the attributes.',
  ],
  [/^INACTIVE/i, 'The instance is being taken out of the cluster: run it again.'],
  [
    /capacity is unavailable|insufficient capacity|no container instances/i,
    'AWS has no room there: add subnets in other zones, or run it again later.',
  ],
  [/limit|quota/i, 'The account is at its limit of tasks or vCPUs: end some, or ask AWS for more.'],
];

/** What to do when ECS placed a task nowhere. */
export function placementHint(reason: string): string {
  return HINTS.find(([pattern]) => pattern.test(reason))?.[1] ?? 'Look at the cluster: is there room for the task?';
}

/** ECS's words for each task that it placed nowhere; they come with HTTP 200. */
export function placementFailures({ failures }: RunAnswer): readonly string[] {
  return failures.map(({ arn, reason, detail }) => {
    const words = [reason ?? 'ECS gives no reason', detail].filter(Boolean).join(': ');
    return arn ? `${words} (${arn.slice(arn.lastIndexOf('/') + 1)})` : words;
  });
}
