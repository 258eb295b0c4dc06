import type { Context, Environment } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { createHttp } from '../../base/http/http.js';

interface Ways {
  readonly httpProxy: string | undefined;
  readonly noProxy: string | undefined;
  readonly stsEndpoint: string | undefined;
}

/** The world with a proxy and an endpoint of its own, for as long as the work takes. */
export async function withProxy<Result>(
  ways: Ways,
  context: Context,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const { httpProxy, noProxy, stsEndpoint } = ways;
  const changed: Environment = {
    ...(httpProxy !== undefined && { https_proxy: checkProxy(httpProxy, context), http_proxy: httpProxy }),
    ...(noProxy !== undefined && { no_proxy: noProxy }),
  };
  const env = { ...context.env, ...changed, ...(stsEndpoint !== undefined && { AWS_ENDPOINT_URL_STS: stsEndpoint }) };
  if (Object.keys(changed).length === 0) return work({ ...context, env });
  const http = createHttp({ env });
  try {
    return await work({ ...context, env, http });
  } finally {
    http.close();
  }
}

function checkProxy(text: string, { report }: Context): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.password) report({ type: 'mask', value: decodeURIComponent(url.password) });
  if (url && /^https?:$/.test(url.protocol)) return text;
  throw new InputError({
    where: 'http-proxy',
    message: 'is no address of a proxy',
    hint: 'Write it as http://proxy:3128.',
  });
}
