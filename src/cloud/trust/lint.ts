import type { PolicyDocument, PolicyStatement } from '../document.js';

/** What a trust is about, as far as it is known. */
export interface TrustFacts {
  readonly issuer: string;
  readonly audience: string;
  /** ARN of the provider of this account. */
  readonly provider: string;
}

/**
 * What is wrong with a trust for jobs of a pipeline; nothing when it is well. Every value of a list is looked at: AWS
 * looks at the first of `sub` and lets the others through.
 */
export function lintTrust(document: PolicyDocument, facts: TrustFacts): readonly string[] {
  return document.Statement.flatMap((statement) => lintStatement(statement, facts));
}

function lintStatement(statement: PolicyStatement, { issuer, audience, provider }: TrustFacts): readonly string[] {
  const { Effect, Action, Principal, Condition } = statement;
  if (Effect !== 'Allow') return [];
  const issues: string[] = [];
  for (const action of texts(Action)) {
    if (action !== 'sts:AssumeRoleWithWebIdentity') issues.push(`${action} has no place in it`);
  }
  const federated = typeof Principal === 'object' && Principal !== null ? Object.entries(Principal) : [['', Principal]];
  for (const [kind, value] of federated) {
    for (const who of texts(value)) {
      if (kind !== 'Federated' || who !== provider) issues.push(`trusts ${who || 'nobody'}, which is not ${provider}`);
    }
  }
  const conditions = Object.entries((Condition ?? {}) as Record<string, Record<string, unknown>>);
  for (const [operator, keys] of conditions) {
    // True when the claim is absent.
    if (operator.startsWith('ForAllValues:') || operator.endsWith('IfExists')) {
      issues.push(`${operator} is true for tokens without ${Object.keys(keys).join(', ')}`);
    }
  }
  const valuesOf = (claim: string, ...operators: readonly string[]) =>
    conditions
      .filter(([operator]) => operators.includes(operator))
      .flatMap(([, keys]) => texts(keys[`${issuer}:${claim}`]));
  const audiences = valuesOf('aud', 'StringEquals');
  if (audiences.length === 0) issues.push(`does not ask for the audience ${audience}`);
  for (const one of audiences) if (one !== audience) issues.push(`takes the audience ${one}`);
  const subjects = [...valuesOf('sub', 'StringEquals'), ...valuesOf('sub', 'StringLike')];
  if (subjects.length === 0) issues.push('does not ask for a subject: every job of the issuer may assume it');
  return [...issues, ...subjects.flatMap(lintSubject)];
}

/** Owner, repository and what kind of job, each of them named. */
function lintSubject(subject: string): readonly string[] {
  const gitHub = /^repo:([^/:]+)\/([^/:]+):(.+)$/.exec(subject);
  const gitLab = /^project_path:([^:]+):ref_type:([^:]+):ref:(.+)$/.exec(subject);
  const circle = /^org\/([^/]+)\/project\/([^/]+)\/user\/\*\/vcs-origin\/(.+)\/vcs-ref\/(refs\/.+)$/.exec(subject);
  const parts = gitHub ?? gitLab ?? circle;
  if (!parts) return [`the subject ${JSON.stringify(subject)} names no repository and no kind of job`];
  return parts.slice(1).some((part) => /[*?]/.test(part))
    ? [`the subject ${JSON.stringify(subject)} has a wildcard in it`]
    : [];
}

function texts(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
