import { lastName, parseArn } from '../../../aws/arn.js';
import type { Verdict } from '../../../aws/policy/evaluate.js';
import { LadingError } from '../../../base/errors.js';
import type { Need } from '../../../base/declare/command.js';
import type { Check } from '../check.js';
import { cannotTell } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, unknown, wrong } from '../finding.js';
import type { Act, Principal } from '../judge.js';
import { judgeActs } from '../judge.js';
import type { AccountScene } from './scene.js';

/** Who is asking, and what whoever releases may do. */
export const accountChecks: readonly Check<AccountScene>[] = [
  { id: 'identity', title: 'The identity', run: identity },
  { id: 'permissions', title: 'The permissions of a release', run: permissions },
];

function identity({ caller, region, source }: AccountScene): readonly Finding[] {
  return [ok('identity', `${caller.arn} in ${region}, by ${source}`)];
}

const PASSED_TO = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

/** What the verbs' own declarations ask for, each on the very resource. */
async function permissions(scene: AccountScene): Promise<readonly Finding[]> {
  const principal = await principalOf(scene);
  if (!principal) return [];
  if ('finding' in principal) return [principal.finding];
  const asked = scene.needs.flatMap((need) =>
    (scene.resources[need.resource] ?? []).map((resource) => ({ need, act: { action: need.action, resource } })),
  );
  if (asked.length === 0) return [];
  const isPass = ({ act }: { readonly act: Act }) => act.action === 'iam:PassRole';
  const cluster = scene.resources['cluster-arn']?.[0];
  const groups = [
    { items: asked.filter(isPass), context: PASSED_TO },
    {
      items: asked.filter((one) => !isPass(one)),
      context: cluster === undefined ? undefined : { 'ecs:cluster': cluster },
    },
  ];
  const findings: Finding[] = [];
  for (const { items, context } of groups) {
    if (items.length === 0) continue;
    const verdicts = await judgeActs(
      principal,
      items.map(({ act }) => act),
      scene.reads,
      context,
    );
    if (verdicts instanceof LadingError)
      return [cannotTell('permissions', `what ${nameOf(principal)} may do`, verdicts)];
    items.forEach(({ need, act }, at) => {
      const finding = tell(principal, need, act, verdicts[at] ?? 'unclear');
      if (finding) findings.push(finding);
    });
  }
  return findings.length > 0
    ? findings
    : [ok('permissions', `${nameOf(principal)} may do all that a release needs (${asked.length} permissions)`)];
}

function tell(principal: Principal, need: Need, { action, resource }: Act, verdict: Verdict): Finding | undefined {
  if (verdict === 'allowed') return undefined;
  const name = nameOf(principal);
  const on = resource === '*' ? '' : ` on ${resource}`;
  const fix = `Allow ${action}${on} to ${name}.`;
  if (verdict === 'unclear')
    return unknown('permissions', `whether ${name} may do ${action}, ${need.why}: a condition or a boundary rules it`, {
      fix,
    });
  const what = `${name} may not do ${action}${on}, ${need.why}`;
  return need.optional
    ? ok('permissions', `${what}: a release works without it, and tells less`, { fix })
    : wrong('permissions', what, { fix });
}

async function principalOf(scene: AccountScene): Promise<Principal | { readonly finding: Finding } | undefined> {
  const { caller, role: asked, reads } = scene;
  const name = asked === undefined ? roleOf(caller.arn) : lastName(asked);
  if (name === undefined) {
    // Root may do everything, and cannot be simulated.
    return parseArn(caller.arn)?.resource === 'root'
      ? undefined
      : { arn: caller.arn, role: undefined, hasBoundary: false };
  }
  const role = await reads.role(name);
  if (role) return { arn: role.arn, role: role.name, hasBoundary: role.hasBoundary };
  return {
    finding: wrong('permissions', `the role ${name} does not exist`, {
      fix: 'Create it by lading bootstrap, or name another by --release-role.',
    }),
  };
}

/** `deploy` of `arn:aws:sts::123456789012:assumed-role/deploy/session`. */
export function roleOf(arn: string): string | undefined {
  return /:assumed-role\/([^/]+)\//.exec(arn)?.[1] ?? /:iam::\d*:role\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
}

function nameOf({ role, arn }: Principal): string {
  return role === undefined ? arn : `the role ${role}`;
}
