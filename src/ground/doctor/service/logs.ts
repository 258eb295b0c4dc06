import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { ServiceScene } from './scene.js';

/** Where the containers write what they say. */
export const logChecks: readonly Check<ServiceScene>[] = [{ id: 'logs', title: 'The log groups', run: groups }];

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html */
async function groups(scene: ServiceScene): Promise<readonly Finding[]> {
  const findings = await eachThing(
    scene.task.containers,
    ({ name }) => ({ id: 'logs', title: `the log group of ${name}` }),
    (container) => group(container, scene),
  );
  const silent = scene.task.containers.filter(({ log }) => log === undefined);
  if (silent.length === 0 || scene.settings.launch !== 'FARGATE') return unique(findings);
  return unique([
    ...findings,
    ok('logs/none', `nothing keeps what ${silent.map(({ name }) => name).join(', ')} says: it has no log driver`, {
      fix: 'Give it logConfiguration with awslogs: without it nobody can say why a task died.',
    }),
  ]);
}

async function group(
  { name, log }: ServiceScene['task']['containers'][number],
  { reads, region, revision, settings }: ServiceScene,
): Promise<readonly Finding[]> {
  if (log?.driver !== 'awslogs') return [];
  const { options } = log;
  const group = options['awslogs-group'];
  if (group === undefined) {
    return [
      wrong('logs', `the log driver of ${name} in ${revision} names no log group`, {
        fix: `Set awslogs-group in the logConfiguration of ${name}.`,
      }),
    ];
  }
  const place = options['awslogs-region'] ?? region;
  const there = await reads.logGroup(group, place);
  if (!there && options['awslogs-create-group'] !== 'true') {
    return [
      wrong('logs', `the log group ${group} does not exist in ${place}: no task of ${revision} starts without it`, {
        fix: `Create it: aws logs create-log-group --region ${place} --log-group-name ${group}`,
        mend: {
          in: 'aws',
          name: 'log-group',
          service: 'logs',
          region: place,
          operation: 'CreateLogGroup',
          input: { logGroupName: group },
          ask: `Create the log group ${group} in ${place}`,
        },
      }),
    ];
  }
  if (options['awslogs-stream-prefix'] === undefined && settings.launch !== 'FARGATE') {
    return [
      ok('logs/prefix', `the log streams of ${name} cannot be told apart by task: there is no stream prefix`, {
        fix: `Set awslogs-stream-prefix in the logConfiguration of ${name}.`,
      }),
    ];
  }
  return [ok('logs', there ? `the log group ${group} exists` : `the log group ${group} is created by the first task`)];
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.what, finding])).values()];
}
