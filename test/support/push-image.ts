import { createHash } from 'node:crypto';
import type { Sandbox } from '../../src/sandbox/start.js';

const digestOf = (bytes: string) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** `Basic …` with a password of the sandbox's ECR. */
export async function registryLogin(sandbox: Sandbox): Promise<string> {
  const answer = (await sandbox.call('ecr', 'GetAuthorizationToken')) as {
    authorizationData: { authorizationToken: string }[];
  };
  return `Basic ${answer.authorizationData[0]?.authorizationToken ?? ''}`;
}

/** A tiny image under `host/name:tag`; resolves to its digest and those of its blobs. */
export async function pushImage(
  sandbox: Sandbox,
  name: string,
  tag: string,
  layer = 'a layer',
): Promise<{ readonly digest: string; readonly layer: string; readonly status: number }> {
  const authorization = await registryLogin(sandbox);
  const base = `${sandbox.url}/v2/${name}`;
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  });
  for (const body of [config, layer]) {
    const session = await fetch(`${base}/blobs/uploads/`, { method: 'POST', headers: { authorization } });
    const place = new URL(session.headers.get('location') ?? '', sandbox.url);
    place.searchParams.set('digest', digestOf(body));
    await fetch(place, { method: 'PUT', headers: { authorization }, body });
  }
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: config.length,
    },
    layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(layer), size: layer.length }],
  });
  const put = await fetch(`${base}/manifests/${tag}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/vnd.oci.image.manifest.v1+json' },
    body: manifest,
  });
  return { digest: digestOf(manifest), layer: digestOf(layer), status: put.status };
}
