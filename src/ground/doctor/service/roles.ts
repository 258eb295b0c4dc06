import { lastName, parseArn } from '../../../aws/arn.js';
import type { Verdict } from '../../../aws/policy/evaluate.js';
import type { Role } from '../../../aws/reads/roles.js';
import { LadingError } from '../../../base/errors.js';
import type { Check } from '../check.js';
import { cannotTell, isFailedRead } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, unknown, wrong } from '../finding.js';
import { judgeActs } from '../judge.js';
import type { Right } from './execution-rights.js';
import { executionRights } from './execution-rights.js';
import type { ServiceScene } from './scene.js';

const ECS_TASKS = 'ecs-tasks.amazonaws.com';

/** Both roles of a task: they exist, ECS may take them, and the execution role may do what a start needs. */
export const roleChecks: readonly Check<ServiceScene>[] = [
  {
    id: 'execution-role',
    title: 'The execution role',
    run: (scene) => role(scene, 'execution-role', scene.task.executionRole),
  },
  { id: 'task-role', title: 'The task role', run: (scene) => role(scene, 'task-role', scene.task.taskRole) },
  { id: 'execution-role/rights', title: 'What the execution role may do', run: rights },
];

type Kind = 'execution-role' | 'task-role';

async function role(scene: ServiceScene, kind: Kind, arn: string | undefined): Promise<readonly Finding[]> {
  const title = kind === 'execution-role' ? 'execution role' : 'task role';
  if (arn === undefined) return kind === 'execution-role' ? withoutExecutionRole(scene) : [];
  const found = await scene.reads.role(lastName(arn));
  if (!found) {
    return [
      wrong(kind, `the ${title} ${lastName(arn)} does not exist`, {
        fix: `Create it, or name another in the task definition ${scene.revision}: no task starts without it.`,
      }),
    ];
  }
  return [trust(kind, title, found)];
}

function trust(kind: Kind, title: string, { name, trust: document }: Role): Finding {
  const code = `${kind}/trust`;
  if (!document) return unknown(code, `the trust of the ${title} ${name} cannot be read`);
  const taking = document.Statement.filter(
    ({ Effect, Principal, Action }) =>
      Effect === 'Allow' &&
      (Principal?.Service?.includes(ECS_TASKS) || Principal?.['*']?.includes('*')) &&
      (Action?.some((action) => /^(sts:AssumeRole|sts:\*|\*)$/i.test(action)) ?? false),
  );
  if (taking.length === 0) {
    return wrong(code, `ECS may not take the ${title} ${name}: its trust does not name ${ECS_TASKS}`, {
      fix: `Let ${ECS_TASKS} do sts:AssumeRole in the trust of ${name}.`,
    });
  }
  return ok(code, `the ${title} ${name} exists, and ECS may take it`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html */
function withoutExecutionRole(scene: ServiceScene): readonly Finding[] {
  const { settings, revision } = scene;
  const needs = executionRights(scene).filter(({ ofInstance }) => settings.launch === 'FARGATE' || !ofInstance);
  if (needs.length === 0) return [];
  return [
    wrong('execution-role', `${revision} has no execution role, which it needs ${needs[0]?.why ?? ''}`, {
      fix: 'Give the task definition an execution role with AmazonECSTaskExecutionRolePolicy.',
    }),
  ];
}

async function rights(scene: ServiceScene): Promise<readonly Finding[]> {
  const { executionRole } = scene.task;
  if (executionRole === undefined) return [];
  // Elsewhere the role of the instance pulls and writes logs as well.
  const asked = executionRights(scene).filter(({ ofInstance }) => scene.settings.launch === 'FARGATE' || !ofInstance);
  if (asked.length === 0) return [];
  const name = lastName(executionRole);
  const role = await scene.reads.role(name);
  // That it is missing is told already.
  if (!role) return [];
  const needs = await Promise.all(asked.map((need) => withWholeArn(need, scene)));
  const principal = { arn: role.arn, role: role.name, hasBoundary: role.hasBoundary };
  const judged = await judgeActs(principal, needs, scene.reads);
  if (judged instanceof LadingError) return [cannotTell('execution-role/rights', `what ${name} may do`, judged)];
  const findings = await Promise.all(needs.map((need, at) => tell(scene, name, need, judged[at] ?? 'unclear')));
  const told = findings.filter((finding) => finding !== undefined);
  return told.length > 0
    ? told
    : [ok('execution-role/rights', `the execution role ${name} may do what a start needs: ${actionsOf(needs)}`)];
}

async function tell(scene: ServiceScene, name: string, need: Right, verdict: Verdict): Promise<Finding | undefined> {
  if (verdict === 'allowed') return undefined;
  const code = 'execution-role/rights';
  const on = need.resource === '*' ? '' : ` on ${need.resource}`;
  const fix = `Allow ${need.action}${on} to ${name}.`;
  const whole = `whether the execution role ${name} may do ${need.action}, needed ${need.why}`;
  if (verdict === 'unclear') return unknown(code, `${whole}: a condition or a boundary rules it`, { fix });
  if (await mayBeAllowedThere(scene, need)) return unknown(code, `${whole}: ${need.resource} has a policy of its own`);
  return wrong(code, `the execution role ${name} may not do ${need.action}, needed ${need.why}`, { fix });
}

/** A repository and a secret may themselves allow a role of their account. What cannot be read may do so, too. */
async function mayBeAllowedThere({ reads }: ServiceScene, { action, resource }: Right): Promise<boolean> {
  if (resource === '*' || !/^(ecr|secretsmanager):/.test(action)) return false;
  try {
    return await reads.hasPolicy(resource);
  } catch (error) {
    if (isFailedRead(error)) return false;
    throw error;
  }
}

/** A secret may be referred to without the six letters at the end of its ARN; policies speak of the whole. */
async function withWholeArn(need: Right, { reads }: ServiceScene): Promise<Right> {
  if (need.action !== 'secretsmanager:GetSecretValue' || /-[A-Za-z0-9]{6}$/.test(need.resource)) return need;
  try {
    const secret = await reads.secret(need.resource, parseArn(need.resource)?.region ?? '');
    return { ...need, resource: secret?.ARN ?? `${need.resource}-*` };
  } catch (error) {
    if (isFailedRead(error)) return { ...need, resource: `${need.resource}-*` };
    throw error;
  }
}

function actionsOf(needs: readonly Right[]): string {
  return [...new Set(needs.map(({ action }) => action))].join(', ');
}
