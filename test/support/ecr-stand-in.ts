import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As long as a real one, with the signs that a base64 text has. */
export const ecrPassword = `eyJwYXlsb2Fk${'Q2FyZ28vK3=='.repeat(200)}`;

export interface EcrStandIn {
  readonly url: string;
  /** Regions for which a token was asked, in order. */
  readonly asked: readonly string[];
  refusePassword: boolean;
  /** What the registry says to who asks for the manifest of an image. */
  manifest: 'there' | 'denied' | 'missing';
  /** Images whose manifest was asked for, as `/v2/…`. */
  readonly pulled: readonly string[];
  close(): Promise<void>;
}

const manifests = {
  there: [200, '', ''],
  denied: [
    403,
    'DENIED',
    'User: arn:aws:sts::123456789012:assumed-role/rotate/x is not authorized to perform: ecr:BatchGetImage',
  ],
  missing: [404, 'MANIFEST_UNKNOWN', 'Requested image not found'],
} as const;

/** Just GetAuthorizationToken, the registry's `/v2/` and manifests, on one port. */
export async function startEcr(clock: { now(): number }): Promise<EcrStandIn> {
  const asked: string[] = [];
  const pulled: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url?.startsWith('/v2/')) {
      const expected = `Basic ${Buffer.from(`AWS:${ecrPassword}`).toString('base64')}`;
      const accepted = request.headers.authorization === expected && !standIn.refusePassword;
      if (!accepted || request.url === '/v2/') {
        const challenge = { 'www-authenticate': `Basic realm="${standIn.url}/",service="ecr.amazonaws.com"` };
        response.writeHead(accepted ? 200 : 401, accepted ? {} : challenge).end();
        return;
      }
      pulled.push(request.url);
      const [status, code, message] = manifests[standIn.manifest];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(code === '' ? { schemaVersion: 2 } : { errors: [{ code, message }] }));
      return;
    }
    const region =
      /\/([a-z0-9-]+)\/ecr(?:-public)?\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '?';
    asked.push(region);
    const data = {
      authorizationToken: Buffer.from(`AWS:${ecrPassword}`).toString('base64'),
      expiresAt: clock.now() / 1000 + 43_200,
    };
    const isPublic = String(request.headers['x-amz-target']).startsWith('SpencerFrontendService.');
    const body = JSON.stringify({ authorizationData: isPublic ? data : [{ ...data, proxyEndpoint: standIn.url }] });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    pulled,
    refusePassword: false,
    manifest: 'there' as EcrStandIn['manifest'],
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return standIn;
}
