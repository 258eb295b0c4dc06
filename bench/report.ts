import type { Peer } from './peers.js';
import type { Phase, Run } from './summary.js';
import { summarize } from './summary.js';

export interface Facts {
  readonly date: string;
  readonly computer: string;
  /** Of the whole benchmark with its preparations. */
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly missing: readonly string[];
}

const TITLES: readonly (readonly [Run['app'], Phase, string])[] = [
  ['next', 'cold', 'Next.js app, empty registry'],
  ['next', 'changed', 'Next.js app, after a change of one line'],
  ['large', 'cold', '300 MB of packages, empty registry'],
  ['large', 'changed', '300 MB of packages, after a change of one line'],
];

/** The results as Markdown, with what was measured and how. */
export function report(facts: Facts, peers: readonly Peer[], runs: readonly Run[]): string {
  const rounds = (app: Run['app']) => new Set(runs.filter((run) => run.app === app).map((run) => run.round)).size;
  const lines = [
    '# Benchmark',
    '',
    `From a built app to its image in a registry. ${facts.date}, ${facts.computer}; ${rounds('next')} rounds (large app: ${rounds('large')}), interleaved, all in one run of ${facts.seconds} s. Written by \`npm run bench\`; every single measurement is in [latest.json](latest.json).`,
    '',
    '![Seconds to the registry](latest.svg)',
  ];
  for (const [app, phase, title] of TITLES) {
    const rows = peers.filter((peer) => peer.app === app).flatMap((peer) => rowOf(peer, phase, runs) ?? []);
    if (rows.length === 0) continue;
    lines.push('', `## ${title}`, '', ...HEAD, ...rows);
  }
  const named = [...new Map(peers.map((peer) => [peer.name, peer.about]))].map(
    ([name, about]) => `- **${name}**: ${about}.`,
  );
  lines.push(
    '',
    '## What was measured',
    '',
    ...named,
    '',
    `Versions: ${Object.entries(facts.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · ')}.${facts.missing.length > 0 ? ` Missing and left out: ${facts.missing.join(', ')}.` : ''}`,
    '',
    '- The app is `examples/next-app`, built twice by `next build` before the clock; the builds differ in one line of `app/headline.js`.',
    '- Everybody has the base image (this computer’s Node and its libraries, 43 MB compressed) on disk. Docker and buildah unpacked it, so they compress it again for the empty registry; lading and skopeo send the layer as it is in the layout.',
    '- After the change, Docker and buildah have their build cache. lading has nothing from before: it asks the registry, as a fresh CI runner does.',
    '- The registry is Docker’s own with a password, on loopback, data in memory. Real networks add to everybody’s upload.',
    '- Time: monotonic clock around whole processes, median [lowest–highest]. Ratio: median of the ratios of each round. CPU: clients and daemon’s process tree, registry left out. Memory: highest resident size of a client plus that of the daemon. Requests: lines of the registry’s access log.',
    '',
  );
  return lines.join('\n');
}

const HEAD = [
  '| | seconds | of it | × lading | CPU s | memory MB | requests | image MB |',
  '|---|---|---|---|---|---|---|---|',
];

function rowOf(peer: Peer, phase: Phase, runs: readonly Run[]): string | undefined {
  const sum = summarize(runs, peer.app, peer.name, phase);
  if (!sum) return undefined;
  const range = sum.low === sum.high ? '' : ` [${sum.low.toFixed(2)}–${sum.high.toFixed(2)}]`;
  const number = (value: number | undefined, digits: number) => (value === undefined ? '' : value.toFixed(digits));
  const cells = [
    peer.name === 'lading' ? '**lading**' : peer.name,
    `${sum.seconds.toFixed(2)}${range}`,
    sum.steps.map((step) => `${step.name} ${step.seconds.toFixed(2)}`).join(', '),
    peer.partial ? 'a part only' : sum.ratio === undefined ? '1' : sum.ratio.toFixed(1),
    number(sum.cpuSeconds, 2),
    number(sum.memoryMb, 0),
    String(sum.requests),
    number(sum.imageMb, 1),
  ];
  return `| ${cells.join(' | ')} |`;
}
