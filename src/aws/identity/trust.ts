import type { Claims } from './claims.js';
import { audiencesOf, claim, issuerName, subjectForms } from './claims.js';
import { misfits } from './trust-conditions.js';
import { parseArn } from '../arn.js';

/** One statement of a trust policy that lets in the job of a token, and no other. */
export interface TrustStatement {
  readonly Effect: 'Allow';
  readonly Principal: { readonly Federated: string };
  readonly Action: 'sts:AssumeRoleWithWebIdentity';
  readonly Condition: { readonly StringEquals: Readonly<Record<string, string | readonly string[]>> };
}

export interface TrustExplanation {
  /** What the token says, as far as trust policies ask for it. */
  readonly claims: Readonly<Record<string, string>>;
  /** What the policy asks for and the token does not say; empty when the policy could not be read, or fits. */
  readonly misfits: readonly string[];
  /** Undefined for a token that does not say who it is. */
  readonly statement: TrustStatement | undefined;
  readonly hint: string;
}

/** Claims that rule whom a trust policy lets in, in the order in which they are told. */
const TOLD = ['iss', 'aud', 'sub', 'repository', 'repository_id', 'environment', 'ref', 'job_workflow_ref'];
/** Those of GitLab and CircleCI. */
const TOLD_ELSEWHERE = ['project_path', 'ref_protected', 'oidc.circleci.com/project-id'];

/**
 * Why a role was not given for a token: what the token says beside what the role's trust policy asks for, when it could be
 * read, and the statement that lets this job in, with both forms of GitHub's subjects.
 */
export function explainTrust(
  role: string,
  claims: Claims,
  { policy }: { readonly policy?: unknown } = {},
): TrustExplanation {
  const told = [...TOLD, ...TOLD_ELSEWHERE].flatMap((name) => {
    const value = name === 'aud' ? audiencesOf(claims).join(', ') : claim(claims, name);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const statement = statementFor(role, claims);
  return {
    claims: Object.fromEntries(told),
    misfits: policy === undefined ? [] : misfits(policy, claims),
    statement,
    hint: hintFor(statement, claims),
  };
}

function statementFor(role: string, claims: Claims): TrustStatement | undefined {
  const [issuer, arn] = [issuerName(claims), parseArn(role)];
  const subjects = subjectForms(claims);
  const audiences = audiencesOf(claims);
  if (issuer === undefined || !arn || subjects.length === 0) return undefined;
  return {
    Effect: 'Allow',
    Principal: { Federated: `arn:${arn.partition}:iam::${arn.account}:oidc-provider/${issuer}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${issuer}:aud`]: oneOrMany(audiences), [`${issuer}:sub`]: oneOrMany(subjects) },
    },
  };
}

function oneOrMany(texts: readonly string[]): string | readonly string[] {
  return texts.length === 1 && texts[0] !== undefined ? texts[0] : texts;
}

function hintFor(statement: TrustStatement | undefined, claims: Claims): string {
  if (!statement)
    return `Give a token that names its issuer and subject: this one says ${Object.keys(claims).join(', ')}.`;
  const conditions = Object.entries(statement.Condition.StringEquals)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(', ');
  return `Let the trust policy of the role have, for ${statement.Principal.Federated}: "StringEquals": { ${conditions} }.`;
}
