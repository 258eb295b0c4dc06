import type { Peer } from './peers.js';
import type { Phase, Run } from './summary.js';
import { summarize } from './summary.js';

const WIDTH = 760;
const LEFT = 200;
const ROW = 26;
const TITLES: Readonly<Record<Phase, string>> = { cold: 'Empty registry', changed: 'After a change of one line' };

/** Bars of the Next.js app's seconds, one scale for both panels; peers that do a part only are left out. Legible on light and dark. */
export function plot(peers: readonly Peer[], runs: readonly Run[]): string {
  const shown = peers.filter((peer) => !peer.partial);
  const phases: readonly Phase[] = ['cold', 'changed'];
  const secondsOf = (peer: Peer, phase: Phase) => summarize(runs, peer.app, peer.name, phase)?.seconds ?? 0;
  const most = Math.max(...shown.flatMap((peer) => phases.map((phase) => secondsOf(peer, phase))));
  const parts: string[] = [];
  let y = 24;
  for (const phase of phases) {
    parts.push(`<text x="8" y="${y}" font-weight="600">${TITLES[phase]}</text>`);
    y += 14;
    for (const peer of shown) {
      const seconds = secondsOf(peer, phase);
      const length = Math.max(2, (seconds / most) * (WIDTH - LEFT - 80)).toFixed(1);
      const color = peer.name === 'lading' ? '#1a7f64' : '#8c959f';
      parts.push(
        `<text x="${LEFT - 10}" y="${y + 15}" text-anchor="end">${escapeXml(peer.name)}</text>`,
        `<rect x="${LEFT}" y="${y + 3}" width="${length}" height="${ROW - 9}" rx="2" fill="${color}"/>`,
        `<text x="${LEFT + Number(length) + 6}" y="${y + 15}">${seconds.toFixed(2)} s</text>`,
      );
      y += ROW;
    }
    y += 30;
  }
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y - 20}" width="${WIDTH}" role="img" aria-label="Seconds from a built Next.js app to its image in a registry">`;
  const style =
    '<style>text{font:13px system-ui,sans-serif;fill:#24292f}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>';
  return `${[head, style, ...parts, '</svg>'].join('\n')}\n`;
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
