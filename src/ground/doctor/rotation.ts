import { formatDuration } from '../../base/duration.js';
import type { Finding } from './finding.js';
import { ok, unknown, wrong } from './finding.js';

/** What came of looking after the secrets of a rotation. */
export interface RotationAge {
  readonly secrets: readonly {
    readonly place: string;
    readonly secret: string;
    readonly action: string;
    readonly ageSeconds?: number | undefined;
    readonly error?: { readonly message: string; readonly hint?: string | undefined } | undefined;
  }[];
  readonly schedule?:
    { readonly workflow: string; readonly verdict: string; readonly state: string | undefined } | undefined;
}

const ROTATE = 'Rotate it: lading rotate, or start its workflow by hand.';

/** A password of ECR lives twelve hours: a secret that is older opens nothing. */
export function rotationFindings({ secrets, schedule }: RotationAge): readonly Finding[] {
  const findings = secrets.map(({ place, secret, action, ageSeconds, error }): Finding => {
    const name = `${secret} of ${place}`;
    if (error) return unknown('rotation', `how old ${name} is: ${error.message}`, { fix: error.hint });
    if (action === 'missing') return wrong('rotation', `the secret ${name} does not exist`, { fix: ROTATE });
    const age = ageSeconds === undefined ? 'of unknown age' : `${formatDuration(ageSeconds * 1000)} old`;
    if (action === 'stale')
      return wrong('rotation', `the secret ${name} is ${age}: its password expires, or has expired`, { fix: ROTATE });
    return ok('rotation', `the secret ${name} is ${age}`);
  });
  if (!schedule || /^(on time|new)$/.test(schedule.verdict)) return findings;
  const { workflow, verdict, state } = schedule;
  const why = verdict === 'disabled' && state !== undefined ? `${verdict} (${state})` : verdict;
  const fix = `Look at it by lading rotate --check, and start it: gh workflow run ${workflow}`;
  return [...findings, wrong('rotation/schedule', `the schedule of ${workflow} is ${why}`, { fix })];
}
