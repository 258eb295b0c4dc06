import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startDockerEngine } from '../test/support/docker-engine.js';
import type { DockerRegistry } from '../test/support/docker-registry.js';
import { startDockerRegistry } from '../test/support/docker-registry.js';
import { prepareApps } from './apps.js';
import { buildah, docker, prepareBuildah, prepareDocker } from './engines.js';
import { hasTime, measure } from './measure.js';
import type { Peer } from './peers.js';
import { findProgram, lading, skopeo, tar, versionOf } from './peers.js';
import { plot } from './plot.js';
import { report } from './report.js';
import type { Phase, Run } from './summary.js';

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Measures and writes bench/results/latest.{md,json,svg}. */
export async function bench(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      rounds: { type: 'string', default: '3' },
      'large-rounds': { type: 'string', default: '1' },
      output: { type: 'string', default: 'bench/results' },
    },
  });
  const started = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'lading-bench-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    say('Building the apps, before the clock …');
    const apps = await prepareApps(folder);
    const missing: string[] = [];
    const versions: Record<string, string> = { node: process.version };
    const peers: Peer[] = [lading('next', apps)];
    const large: Peer[] = [lading('large', apps)];

    const engine = await startDockerEngine();
    if (engine) {
      ends.unshift(() => engine.close());
      const way = await prepareDocker(engine, apps, folder);
      versions.docker = `Docker Engine ${way.version}, ${way.builder}`;
      peers.push(docker(way, 'official', apps), docker(way, 'split', apps));
      large.push(docker(way, 'large', apps));
    } else missing.push('docker');
    const programs = { buildah: findProgram('buildah'), skopeo: findProgram('skopeo'), tar: findProgram('tar') };
    for (const [name, program] of Object.entries(programs)) {
      if (program === undefined) missing.push(name);
      else versions[name] = await versionOf(program);
    }
    if (programs.buildah) {
      const way = await prepareBuildah(programs.buildah, folder);
      peers.push(buildah(way, 'official', apps), buildah(way, 'split', apps));
    }
    if (programs.skopeo) peers.push(await skopeo(programs.skopeo, apps, folder));
    if (programs.tar) peers.push(tar(programs.tar, apps));
    if (!hasTime()) missing.push('GNU time (CPU and memory of clients)');
    for (const name of missing) say(`${name} is missing and left out`);

    const runs: Run[] = [];
    const rounds = async (all: readonly Peer[], count: number) => {
      for (let round = 0; round < count; round++) {
        // Each round begins with another peer: drift of the computer meets all alike.
        const turn = all.map((_, at) => all[(at + round) % all.length] as Peer);
        for (const peer of turn) runs.push(...(await runPeer(peer, round, join(folder, 'scratch'))));
      }
    };
    await rounds(peers, Number(values.rounds));
    await rounds(large, Number(values['large-rounds']));

    const facts = {
      date: new Date().toISOString().slice(0, 10),
      computer: `${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}, Linux ${release()}`,
      seconds: Math.round((Date.now() - started) / 1000),
      versions,
      missing,
    };
    mkdirSync(values.output, { recursive: true });
    const text = report(facts, [...peers, ...large], runs);
    writeFileSync(join(values.output, 'latest.md'), text);
    writeFileSync(join(values.output, 'latest.json'), `${JSON.stringify({ ...facts, runs }, undefined, 1)}\n`);
    writeFileSync(join(values.output, 'latest.svg'), plot(peers, runs));
    say(text);
  } finally {
    for (const end of ends) await end();
  }
}

/** An empty registry, the image, the image after the change. */
async function runPeer(peer: Peer, round: number, folder: string): Promise<Run[]> {
  const temporary = process.env.TMPDIR;
  // In memory, so that the disk under the registry is nobody's cost.
  process.env.TMPDIR = '/dev/shm';
  const registry = await startDockerRegistry();
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
  if (!registry)
    throw new Error('the benchmark needs docker-registry and htpasswd (Debian: docker-registry, apache2-utils)');
  const place = { registry, repository: `${registry.host}/app`, folder };
  try {
    await peer.reset(place);
    const runs: Run[] = [];
    for (const [version, phase] of [
      [0, 'cold'],
      [1, 'changed'],
    ] as const satisfies readonly (readonly [0 | 1, Phase])[]) {
      const before = registry.requests().length;
      const cost = await measure(peer.steps(version, place), peer.daemon);
      const requests = registry.requests().length - before;
      const image = peer.name.startsWith('GNU tar') ? undefined : await imageSize(registry, `v${version}`);
      const { daemonMb, clientMb } = cost;
      say(
        `${round + 1} ${peer.app} ${peer.name} ${phase}: ${cost.seconds.toFixed(2)} s, ${requests} requests, ${Math.round((clientMb ?? 0) + (daemonMb ?? 0))} MB`,
      );
      runs.push({ app: peer.app, peer: peer.name, phase, round, ...cost, requests, imageMb: image });
    }
    return runs;
  } finally {
    registry.close();
  }
}

/** MB of all layers; fails when the image is not there. */
async function imageSize(registry: DockerRegistry, tag: string): Promise<number> {
  const accept = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'];
  const answer = await fetch(`http://${registry.host}/v2/app/manifests/${tag}`, {
    headers: { accept: accept.join(', '), authorization: `Basic ${Buffer.from('AWS:secret').toString('base64')}` },
  });
  if (!answer.ok) throw new Error(`${tag} is not in the registry: ${answer.status}`);
  const { layers } = (await answer.json()) as { layers: { size: number }[] };
  return layers.reduce((sum, layer) => sum + layer.size, 0) / 1e6;
}
