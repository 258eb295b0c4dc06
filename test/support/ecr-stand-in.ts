import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As long as a real one, with the signs that a base64 text has. */
export const ecrPassword = `eyJwYXlsb2Fk${'Q2FyZ28vK3=='.repeat(200)}`;

export interface EcrStandIn {
  readonly url: string;
  /** Regions for which a token was asked, in order. */
  readonly asked: readonly string[];
  refusePassword: boolean;
  close(): Promise<void>;
}

/** Just GetAuthorizationToken and the registry's `/v2/`, on one port. */
export async function startEcr(clock: { now(): number }): Promise<EcrStandIn> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === '/v2/') {
      const expected = `Basic ${Buffer.from(`AWS:${ecrPassword}`).toString('base64')}`;
      const accepted = request.headers.authorization === expected && !standIn.refusePassword;
      response.writeHead(accepted ? 200 : 401).end();
      return;
    }
    const region = /\/([a-z0-9-]+)\/ecr\/aws4_request/.exec(request.headers.authorization ?? '')?.[1] ?? '?';
    asked.push(region);
    const body = JSON.stringify({
      authorizationData: [
        {
          authorizationToken: Buffer.from(`AWS:${ecrPassword}`).toString('base64'),
          expiresAt: clock.now() / 1000 + 43_200,
          proxyEndpoint: standIn.url,
        },
      ],
    });
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    refusePassword: false,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return standIn;
}
