import type { Context } from '../../base/context.js';
import type { GitHubApi } from '../../github/client/api.js';
import { applyVariable } from '../../github/secrets/variable.js';
import { loginOf, type ApplyOptions } from './apply.js';
import type { WrittenSecret } from './confirm.js';
import { forEachSecret, type Walk } from './each.js';

/** Says beside each secret which registry it is for and when it expires. After all secrets: those are what is urgent. */
export async function applyVariables(
  { clock }: Pick<Context, 'clock'>,
  api: GitHubApi,
  written: readonly WrittenSecret[],
  options: ApplyOptions,
): Promise<Walk<WrittenSecret>> {
  return forEachSecret(clock, written, options.task, async ({ place, secret, audience }) => {
    const { registry, username, expiresAt } = loginOf(options, secret);
    const names = variableNames(secret);
    await applyVariable(api, place, { name: names.registry, value: registry, audience });
    await applyVariable(api, place, { name: names.username, value: username, audience });
    await applyVariable(api, place, { name: names.expiresAt, value: expiresAt.toISOString(), audience });
  });
}

/** Names of the variables that belong to a secret: `ECR_PASSWORD` has `ECR_REGISTRY`, `ECR_USERNAME` and its expiry. */
export function variableNames(secret: string): { registry: string; username: string; expiresAt: string } {
  const stem = secret.replace(/_(PASSWORD|TOKEN|SECRET)$/i, '');
  return { registry: `${stem}_REGISTRY`, username: `${stem}_USERNAME`, expiresAt: `${secret}_EXPIRES_AT` };
}
