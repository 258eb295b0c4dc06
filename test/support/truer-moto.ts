import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TruerMoto {
  readonly url: string;
  /** Buckets of other accounts, by name. */
  readonly strangers: Set<string>;
  /** Audiences that a provider got later, by issuer. */
  close(): Promise<void>;
}

/**
 * Moto with two things that AWS does and it does not: a bucket refuses who expects another owner, and a provider takes
 * further audiences.
 */
export async function startTruerMoto(moto: string): Promise<TruerMoto> {
  const strangers = new Set<string>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const bucket = (request.url ?? '').split(/[/?]/)[1] ?? '';
      if (strangers.has(bucket)) return void response.writeHead(403).end();
      const form = new URLSearchParams(body.toString());
      if (form.get('Action') === 'AddClientIDToOpenIDConnectProvider') {
        return void addAudience(moto, request.headers, form).then(() =>
          response.writeHead(200, { 'content-type': 'text/xml' }).end('<AddClientIDToOpenIDConnectProviderResponse/>'),
        );
      }
      const onward = send(
        moto + (request.url ?? ''),
        { method: request.method, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        },
      );
      onward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    strangers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Made anew with one audience more: moto has no other way. */
async function addAudience(moto: string, headers: object, form: URLSearchParams): Promise<void> {
  const arn = form.get('OpenIDConnectProviderArn') ?? '';
  const ask = async (fields: Readonly<Record<string, string>>) => {
    const body = new URLSearchParams({ Version: '2010-05-08', OpenIDConnectProviderArn: arn, ...fields });
    const { authorization } = headers as { readonly authorization?: string };
    return (await fetch(moto, { method: 'POST', body, headers: { authorization: authorization ?? '' } })).text();
  };
  const found = await ask({ Action: 'GetOpenIDConnectProvider' });
  const audiences = [
    ...(/<ClientIDList>(.*?)<\/ClientIDList>/s.exec(found)?.[1] ?? '').matchAll(/<member>(.*?)<\/member>/g),
  ];
  await ask({ Action: 'DeleteOpenIDConnectProvider' });
  const all = [...audiences.map(([, audience]) => audience ?? ''), form.get('ClientID') ?? ''];
  const list = Object.fromEntries(all.map((audience, index) => [`ClientIDList.member.${index + 1}`, audience]));
  await ask({ Action: 'CreateOpenIDConnectProvider', Url: `https://${arn.slice(arn.indexOf('/') + 1)}`, ...list });
}
