import { parseArn } from '../../../aws/arn.js';
import type { SecretReference } from '../../../ecs/definition/settings.js';
import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import { secretArnOf } from './execution-rights.js';
import type { ServiceScene } from './scene.js';

/** What containers get from Secrets Manager and the Parameter Store. It is described: no value is read. */
export const secretChecks: readonly Check<ServiceScene>[] = [{ id: 'secrets', title: 'The secrets', run: secrets }];

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html */
async function secrets(scene: ServiceScene): Promise<readonly Finding[]> {
  const all = scene.task.containers.flatMap(({ name, secrets }) => secrets.map((one) => ({ ...one, container: name })));
  const findings = await eachThing(
    all,
    ({ name, container }) => ({ id: 'secrets', title: `the secret ${name} of ${container}` }),
    async (one) => [await secret(one, one.container, scene)],
  );
  const bad = findings.filter(({ state }) => state !== 'ok');
  if (findings.length === 0 || bad.length > 0) return bad;
  return [ok('secrets', `all ${findings.length} secrets of the task exist (no value was read)`)];
}

async function secret(
  { name, valueFrom }: SecretReference,
  container: string,
  { reads, region }: ServiceScene,
): Promise<Finding> {
  const of = `the secret ${name} of ${container}`;
  const arn = parseArn(valueFrom);
  if (arn && arn.service !== 'secretsmanager' && arn.service !== 'ssm') {
    return wrong('secrets', `${of} is neither of Secrets Manager nor of the Parameter Store: ${valueFrom}`, {
      fix: 'Write the ARN of a secret or of a parameter.',
    });
  }
  if (arn?.service === 'secretsmanager') {
    const id = secretArnOf(valueFrom);
    const found = await reads.secret(id, arn.region);
    if (!found) {
      return wrong('secrets', `${of} does not exist: ${id}`, {
        fix: 'Create it, or mend the ARN in the task definition: no task starts without it.',
      });
    }
    if (found.DeletedDate != null) {
      return wrong('secrets', `${of} is scheduled for deletion: ${id}`, {
        fix: `Keep it: aws secretsmanager restore-secret --region ${arn.region} --secret-id ${id}`,
      });
    }
    return ok('secrets', `${of} exists`);
  }
  const place = arn?.region ?? region;
  // A version or a label may follow.
  const parameter = (arn ? arn.resource.replace(/^parameter/, '') : valueFrom).replace(/:.*$/, '');
  // The ARN of one without a path has a slash that its name has not.
  const names = arn && !parameter.slice(1).includes('/') ? [parameter, parameter.slice(1)] : [parameter];
  for (const one of names) if (await reads.parameter(one, place)) return ok('secrets', `${of} exists`);
  return wrong('secrets', `${of} does not exist: there is no parameter ${names.at(-1) ?? ''} in ${place}`, {
    fix: 'Create it, or mend its name in the task definition: no task starts without it.',
  });
}
