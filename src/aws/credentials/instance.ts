import type { HttpRequest } from '../../base/http/http.js';
import type { AwsCredentials } from '../api.js';
import type { CredentialContext } from './provider.js';
import { masked, readCredentials } from './provider.js';

const FOLDER = '/latest/meta-data/iam/security-credentials/';

/** An address that nothing answers at must not hold up a run that has no instance. */
const PATIENCE_MS = 1000;

/**
 * Credentials of the role of the EC2 instance that we run on; undefined elsewhere.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export async function instanceCredentials(context: CredentialContext): Promise<AwsCredentials | undefined> {
  const { env } = context;
  if (env.AWS_EC2_METADATA_DISABLED && env.AWS_EC2_METADATA_DISABLED !== 'false') return undefined;
  // GitHub's own machines are not AWS's: their jobs get no answer, and wait for none.
  if (env.RUNNER_ENVIRONMENT === 'github-hosted') return undefined;
  const isSix = env.AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE?.toLowerCase() === 'ipv6';
  const endpoint =
    env.AWS_EC2_METADATA_SERVICE_ENDPOINT || (isSix ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254');
  if (!URL.canParse(endpoint)) return undefined;

  async function ask(path: string, request: HttpRequest): Promise<string | undefined> {
    try {
      const url = new URL(path, endpoint);
      const answer = await context.http(url, { ...request, idleTimeoutMs: PATIENCE_MS, signal: context.signal });
      const text = await answer.text();
      return answer.status === 200 ? text.trim() : undefined;
    } catch (error) {
      if (context.signal.aborted) throw error;
      return undefined;
    }
  }

  const token = await ask('/latest/api/token', {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
  });
  if (!token) return undefined;
  context.report({ type: 'mask', value: token });
  const headers = { 'x-aws-ec2-metadata-token': token };
  const role = (await ask(FOLDER, { headers }))?.split('\n')[0]?.trim();
  if (!role) return undefined;
  const text = await ask(`${FOLDER}${encodeURIComponent(role)}`, { headers });
  if (text === undefined) return undefined;
  const what = `the instance's role ${role}`;
  return masked(context, {
    ...readCredentials(text, what, context),
    source: what,
    renewal: 'Check the role of the instance: its credentials are no longer taken.',
  });
}
