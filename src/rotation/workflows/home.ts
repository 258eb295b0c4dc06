import type { Context } from '../../base/context.js';
import { issuerOf, readOrigin } from '../../github/origin.js';
import type { WorkflowHome } from './role.js';

/**
 * Where the workflows will run: what a runner says, else the remote `origin` of the working tree. What neither tells
 * stays a word in capitals for the reader to fill in.
 */
export async function readHome({ env, cwd }: Pick<Context, 'env' | 'cwd'>): Promise<WorkflowHome> {
  return {
    repository: env['GITHUB_REPOSITORY'] || (await readOrigin(cwd)) || 'OWNER/REPO',
    ownerId: env['GITHUB_REPOSITORY_OWNER_ID'] || 'OWNER_ID',
    repositoryId: env['GITHUB_REPOSITORY_ID'] || 'REPOSITORY_ID',
    issuer: issuerOf(env['GITHUB_SERVER_URL']),
  };
}
