import { formatDuration } from '../../base/duration.js';
import type { Block, Page, Text } from '../../base/tell/page.js';
import { placeText } from './finding.js';
import type { DoctorResult, ToldFinding, ToldRollout } from './result.js';
import { countText, secondsText } from './result.js';

/** What was found, worst first; what is well is folded. */
export function doctorPage(result: DoctorResult): Page {
  const bad = result.findings.filter(({ state, fix }) => state !== 'ok' || fix !== undefined);
  const good = result.findings.filter((finding) => !bad.includes(finding));
  return {
    title: `Doctor: ${countText(result)}`,
    blocks: [
      ...(bad.length > 0 ? [findingTable(bad)] : [{ type: 'note', level: 'good', text: 'All is well.' } as const]),
      ...result.rollouts.map(rolloutBlock),
      ...(good.length > 0 ? [{ ...findingTable(good), title: `${good.length} more that are well`, folded: true }] : []),
      ...(result.diff === undefined
        ? []
        : [{ type: 'code', language: 'diff', title: 'What lading doctor --fix changes', text: result.diff } as const]),
    ],
  };
}

function findingTable(findings: readonly ToldFinding[]) {
  return {
    type: 'table',
    columns: [{ name: '' }, { name: 'Found' }, { name: 'Where' }, { name: 'What to do' }],
    rows: findings.map(({ state, what, at, fix, service }): readonly Text[] => [
      state,
      service === undefined ? what : `${service}: ${what}`,
      at ? { code: placeText(at) } : '',
      fix ?? '',
    ]),
  } as const;
}

function rolloutBlock({ service, prediction, why }: ToldRollout): Block {
  if (!prediction)
    return {
      type: 'note',
      level: 'info',
      text: `How long a rollout of ${service} takes cannot be foretold: ${why ?? 'no deployment gets through'}.`,
    };
  const { seconds, drainedSeconds, parts, drain } = prediction;
  const times = `about ${formatDuration(seconds * 1000)}, and ${formatDuration(drainedSeconds * 1000)} until the last old task is gone`;
  return {
    type: 'table',
    title: `A rollout of ${service} takes ${times}`,
    columns: [
      { name: 'Time', align: 'right' },
      { name: 'What is waited for' },
      { name: 'Setting' },
      { name: 'Better' },
    ],
    rows: [...parts, ...drain].map((part): readonly Text[] => [
      secondsText(part),
      part.what,
      part.setting === undefined ? '' : { code: part.setting },
      part.better ? `${part.better.set}: saves ${formatDuration(part.better.saves * 1000)}` : '',
    ]),
  };
}
