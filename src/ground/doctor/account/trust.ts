import { lastName, parseArn } from '../../../aws/arn.js';
import type { PolicyDocument } from '../../../aws/policy/document.js';
import { matches } from '../../../aws/policy/evaluate.js';
import { federates, judgeTrust } from '../../../aws/policy/trust.js';
import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, unknown, wrong } from '../finding.js';
import { signIns } from '../workflows/identity.js';
import type { Job, Workflow } from '../workflows/workflow.js';
import { withoutExpressions } from '../workflows/workflow.js';
import { roleOf } from './identity.js';
import type { AccountScene } from './scene.js';
import { lintTrustValue } from './trust-lint.js';

/** The trust of the roles that jobs take, against the tokens that they will have. */
export const trustChecks: readonly Check<AccountScene>[] = [
  { id: 'trust', title: 'The trust of the roles that jobs take', run: trusts },
];

/** Who takes a role: jobs of workflows, and this very job. */
interface Taking {
  readonly role: string;
  readonly jobs: readonly { readonly workflow: Workflow; readonly job: Job }[];
  readonly isThisJob: boolean;
}

async function trusts(scene: AccountScene): Promise<readonly Finding[]> {
  const claims = await scene.reads.claims();
  return eachThing(
    takings(scene, claims !== undefined),
    ({ role }) => ({ id: 'trust', title: `the trust of ${role}` }),
    async (taking) => {
      const found = await scene.reads.role(taking.role);
      if (!found) return [missing(taking)];
      if (!found.trust) return [unknown('trust', `the trust of ${taking.role} cannot be read`)];
      const lint = lintTrust(found.trust, scene.issuer, taking.role);
      const judged = taking.isThisJob && claims ? thisJob(found.trust, scene.issuer, taking.role, claims) : [];
      const jobs = taking.jobs.flatMap(({ workflow, job }) =>
        aJob(found.trust as PolicyDocument, scene, taking.role, { workflow, job }),
      );
      const findings = [...lint, ...judged, ...jobs];
      return findings.length > 0 ? findings : [ok('trust', `the role ${taking.role} trusts the jobs that take it`)];
    },
  );
}

/** Roles that are written out, and of this account. */
function takings({ workflows, caller, role }: AccountScene, isJob: boolean): readonly Taking[] {
  const jobsOf = new Map<string, { workflow: Workflow; job: Job }[]>();
  for (const workflow of workflows) {
    for (const job of workflow.jobs) {
      for (const { role: spot } of signIns(job)) {
        const arn = parseArn(withoutExpressions(spot.text));
        if (!arn || spot.text.includes('${{') || arn.account !== caller.account || !arn.resource.startsWith('role/'))
          continue;
        const name = lastName(spot.text);
        jobsOf.set(name, [...(jobsOf.get(name) ?? []), { workflow, job }]);
      }
    }
  }
  const own = role === undefined ? (isJob ? roleOf(caller.arn) : undefined) : lastName(role);
  const names = new Set([...jobsOf.keys(), ...(own === undefined ? [] : [own])]);
  return [...names].map((name) => ({ role: name, jobs: jobsOf.get(name) ?? [], isThisJob: isJob && name === own }));
}

function missing({ role, jobs }: Taking): Finding {
  const [first] = jobs;
  const at = first && signIns(first.job).find((one) => lastName(one.role.text) === role)?.role.start;
  return wrong('trust/role', `the role ${role} does not exist`, {
    fix: 'Create it by lading bootstrap, or write the ARN of one that exists.',
    ...(first && at !== undefined && { at: first.workflow.place(at) }),
  });
}

function lintTrust(trust: PolicyDocument, issuer: string, role: string): readonly Finding[] {
  const ours = trust.Statement.filter((statement) => federates(statement, issuer));
  const findings: Finding[] = [];
  for (const { Condition = {}, Effect } of ours) {
    if (Effect !== 'Allow') continue;
    const keys = Object.values(Condition).flatMap((entry) => Object.keys(entry));
    if (!keys.includes(`${issuer}:aud`)) {
      const fix = `Compare ${issuer}:aud by StringEquals with sts.amazonaws.com.`;
      findings.push(wrong('trust/audience', `the trust of ${role} asks for no audience`, { fix }));
    }
    if (!keys.some((key) => /:(sub|job_workflow_ref|repository_id|repository)$/.test(key))) {
      const fix = `Compare ${issuer}:sub by StringEquals with the subject of the job.`;
      findings.push(
        wrong('trust/wide', `the trust of ${role} lets in every repository of GitHub: it asks for no subject`, { fix }),
      );
    }
    // One that pins the repository by another claim may leave the subject wide.
    const isPinned =
      keys.some((key) => /:(repository_id|repository)$/.test(key)) &&
      keys.some((key) => /:(ref|environment|job_workflow_ref)$/.test(key));
    for (const [operator, entry] of Object.entries(Condition)) {
      for (const claim of ['aud', 'sub'] as const) {
        if (claim === 'sub' && isPinned) continue;
        for (const text of entry[`${issuer}:${claim}`] ?? [])
          findings.push(
            ...lintTrustValue({ claim, operator, text }).map((one) => ({ ...one, what: `${role}: ${one.what}` })),
          );
      }
    }
  }
  return findings;
}

function thisJob(
  trust: PolicyDocument,
  issuer: string,
  role: string,
  claims: Readonly<Record<string, string>>,
): readonly Finding[] {
  const verdict = judgeTrust(trust, issuer, claims);
  if (verdict.is === 'taken') return [ok('trust', `the role ${role} trusts this job: ${claims.sub ?? ''}`)];
  if (verdict.is === 'unclear')
    return [
      unknown('trust', `whether the role ${role} trusts this job: its conditions ask for more than is known here`),
    ];
  if (verdict.is === 'other-issuer')
    return [
      wrong('trust', `the role ${role} trusts no tokens of ${issuer}`, {
        fix: 'Add a statement for GitHub to its trust, by lading bootstrap.',
      }),
    ];
  const [first] = verdict.mismatches;
  return [
    wrong(
      'trust',
      `the role ${role} does not trust this job: ${first?.key ?? ''} is ${first?.has ?? ''}, and it wants ${first?.wants.join(' or ') ?? ''}`,
      {
        fix: `Let the trust take ${first?.has ?? 'the claims of this job'}.`,
      },
    ),
  ];
}

/** What a job's subject looks like, with and without the ids that new repositories have in it. */
function aJob(
  trust: PolicyDocument,
  { issuer, repository }: AccountScene,
  role: string,
  { workflow, job }: { readonly workflow: Workflow; readonly job: Job },
): readonly Finding[] {
  if (!trust.Statement.some((statement) => federates(statement, issuer))) {
    return [
      wrong('trust', `the role ${role} trusts no tokens of ${issuer}, and the job ${job.name} takes it by one`, {
        at: workflow.place(signIns(job)[0]?.role.start ?? job.start),
        fix: 'Add a statement for GitHub to its trust, by lading bootstrap.',
      }),
    ];
  }
  const wants = trust.Statement.filter((statement) => federates(statement, issuer)).flatMap(({ Condition = {} }) =>
    Object.entries(Condition).flatMap(([operator, entry]) =>
      /StringEquals|StringLike/.test(operator) ? (entry[`${issuer}:sub`] ?? []) : [],
    ),
  );
  // A template of one's own makes other subjects.
  if (repository === undefined || !wants.some((want) => want.startsWith('repo:'))) return [];
  const tails = tailsOf(workflow, job);
  if (tails === undefined || tails.some((tail) => wants.some((want) => fits(want, repository, tail)))) return [];
  const other = wants.find((want) => tails.some((tail) => fits(want.toLowerCase(), repository.toLowerCase(), tail)));
  const what = `the role ${role} does not trust the job ${job.name}: its subject is repo:${repository}:${tails[0] ?? ''}, and the trust wants ${wants.join(' or ')}`;
  return [
    wrong('trust', other === undefined ? what : `${what}: capitals count`, {
      at: workflow.place(signIns(job)[0]?.role.start ?? job.start),
      fix: `Let the trust take repo:${repository}:${tails[0] ?? ''}; lading bootstrap writes both forms of it.`,
    }),
  ];
}

/** The default branch has any name. */
const ANY_BRANCH = 'ref:refs/heads/BRANCH';

/** An environment takes the place of everything else. Undefined when it cannot be told. */
function tailsOf({ triggers, pushBranches }: Workflow, { environment }: Job): readonly string[] | undefined {
  if (environment) return environment.text.includes('${{') ? undefined : [`environment:${environment.text}`];
  const tails: string[] = [];
  for (const trigger of triggers) {
    if (trigger === 'pull_request') tails.push('pull_request');
    else if (/^(workflow_dispatch|schedule|repository_dispatch|workflow_run)$/.test(trigger)) tails.push(ANY_BRANCH);
    else if (trigger !== 'push') return undefined;
    else if (!pushBranches || pushBranches.some((branch) => /[*?![]/.test(branch))) tails.push(ANY_BRANCH);
    else tails.push(...pushBranches.map((branch) => `ref:refs/heads/${branch}`));
  }
  return tails.length === 0 ? undefined : tails;
}

/** Ids behind the names are not known here, and no default branch by its name. */
function fits(want: string, repository: string, tail: string): boolean {
  const subject = `repo:${repository}:${tail}`;
  const plain = want.replace(/@[\d*?]+/g, '');
  const anyBranch = plain.replace(/:ref:refs\/heads\/[^*?]+$/, `:${ANY_BRANCH}`);
  return [want, plain, ...(tail === ANY_BRANCH ? [anyBranch] : [])].some((pattern) => matches(pattern, subject));
}
