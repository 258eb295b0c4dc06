import type { InputIssue } from '../../base/errors.js';
import { formatTarget, type Target } from '../targets/target.js';
import { longestGapMs, parseCron } from './cron.js';
import { workflowDefaults, type WorkflowValues } from './values.js';

/** Age from which a check calls a secret stale is eight hours; half of a password's life is left for delays. */
const longestGap = 6 * 3_600_000;

/** What would smuggle an expression or another line into a file. */
export function expressionIssues(values: Readonly<Record<string, unknown>>): InputIssue[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    const where = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const isWrong = texts.some(
      (text) => typeof text === 'string' && /\$\{\{|[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text),
    );
    return isWrong ? [{ where, message: 'may hold neither an expression nor a line break' }] : [];
  });
}

/** Where an action takes a list, a comma parts two. */
export function commaIssues(inputs: Readonly<Record<string, readonly string[]>>): InputIssue[] {
  return Object.entries(inputs)
    .filter(([, texts]) => texts.some((text) => text.includes(',')))
    .map(([where]) => ({ where, message: 'may hold no comma: the workflow hands it to an action as a list' }));
}

/** What a form does not look at is a mistake of who gave it. */
export function ignoredIssues(values: WorkflowValues): InputIssue[] {
  const { form } = values;
  const ofSchedule = { '--to': values.to, '--visibility': values.visibility, '--selected-repository': values.selectedRepository, '--cron': values.cron, '--branch': values.branch }; // prettier-ignore
  const ignored = form === 'schedule' ? { '--secret-environment': values.environment } : ofSchedule;
  const other = form === 'schedule' ? 'environment' : 'schedule';
  return Object.entries(ignored)
    .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value !== undefined))
    .map(([where]) => ({ where, message: `is only for --form ${other}` }));
}

const roleArn = /^arn:(aws[a-z-]*):iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** `aws`, `aws-cn`, `aws-us-gov`. */
export function rolePartition(role: string): string {
  return roleArn.exec(role)?.[1] ?? 'aws';
}

export function roleIssues(role: string): InputIssue[] {
  return roleArn.test(role) ? [] : [{ where: '--role', message: `'${role}' is no ARN of an IAM role` }];
}

/** What is no schedule to GitHub, or lets the password die between two starts. */
export function cronIssues(text: string | undefined): InputIssue[] {
  if (text === undefined) return [];
  const where = '--cron';
  const cron = parseCron(text);
  if (typeof cron === 'string') return [{ where, message: `'${text}' ${cron}` }];
  const gap = longestGapMs(cron);
  if (gap <= longestGap) return [];
  const hours = Number.isFinite(gap) ? `${Math.round(gap / 3_600_000)} hours` : 'years';
  return [
    {
      where,
      message: `'${text}' leaves ${hours} between two starts: a password lives twelve, and schedules are hours late`,
      hint: `Let it start every six hours or oftener, as by ${workflowDefaults.cron}.`,
    },
  ];
}

/** What an organization's secret needs beside the target, and what other targets have no use for. */
export function audienceIssues(targets: readonly Target[], values: WorkflowValues): InputIssue[] {
  const { visibility, selectedRepository = [], identity } = values;
  const organizations = targets.filter((target) => target.kind === 'organization');
  const names = organizations.map(formatTarget).join(', ');
  if (organizations.length === 0) {
    if (visibility === undefined || values.form === 'environment') return [];
    return [{ where: '--visibility', message: 'is only for a secret of an organization, as --to org:acme' }];
  }
  const issues: InputIssue[] = [];
  if (visibility === undefined) {
    issues.push({
      where: '--visibility',
      message: `is missing: who may read a new secret of ${names}?`,
      hint: 'Say all, private or selected; selected takes --selected-repository.',
    });
  }
  if (visibility === 'selected' && selectedRepository.length === 0) {
    issues.push({ where: '--selected-repository', message: 'is missing: nobody could read the secret' });
  }
  const closed = organizations.some(({ applications = [] }) => applications.includes('codespaces'));
  if (closed && identity === 'app') {
    issues.push({
      where: '--to',
      message: "GitHub opens an organization's Codespaces secrets to no App",
      hint: 'Give --identity token, and a token with admin:org.',
    });
  }
  return issues;
}
