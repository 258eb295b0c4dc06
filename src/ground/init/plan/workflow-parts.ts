import type { ActionRelease } from '../../../base/declare/action-release.js';
import { actionAddress } from '../../../base/declare/action-release.js';
import type { Packages } from '../look/packages.js';

/** What stands under `on:`. */
export type Triggers = Readonly<Record<string, unknown>>;
export type Step = Readonly<Record<string, unknown>>;
export type With = Readonly<Record<string, string | boolean | undefined>>;

/** Who a job is in AWS: an ARN, else a variable of the repository that holds it; or the very inputs of another workflow. */
export interface SignIn {
  readonly role: string;
  readonly region: string;
  readonly credentials?: Readonly<Record<string, string>> | undefined;
}

/** Variables of the repository in which `lading bootstrap` puts the ARNs of the two roles, where the workflow does not name them. */
export const roleVariables = { build: 'AWS_ROLE_BUILD', deploy: 'AWS_ROLE_DEPLOY' } as const;

export function variable(name: string): string {
  return `\${{ vars.${name} }}`;
}

const actions = {
  checkout: 'actions/checkout@v5',
  node: 'actions/setup-node@v5',
  pnpm: 'pnpm/action-setup@v4',
  bun: 'oven-sh/setup-bun@v2',
  credentials: 'aws-actions/configure-aws-credentials@v6',
} as const;

function step(uses: string, inputs: With = {}, id?: string): Step {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return { ...(id !== undefined && { id }), uses, ...(given.length > 0 && { with: Object.fromEntries(given) }) };
}

/** Nothing that runs later finds the token of the checkout. */
export function checkout(inputs: Readonly<Record<string, string>> = {}): Step {
  return step(actions.checkout, { 'persist-credentials': false, ...inputs });
}

export function signIn({ role, region, credentials }: SignIn): Step {
  return step(actions.credentials, credentials ?? { 'role-to-assume': role, 'aws-region': region });
}

export function ladingStep(verb: string, release: ActionRelease, inputs: With, id?: string): Step {
  return step(actionAddress(verb, release), inputs, id);
}

/** What a job may do: read the repository, and be somebody in AWS. */
export const permissions = { contents: 'read', 'id-token': 'write' } as const;

/** Node and the packages of an app. `root` is their folder, from the top of the repository; empty at the top itself. */
export function installSteps(
  packages: Packages,
  options: { readonly root: string; readonly node?: Readonly<Record<string, string>> | undefined },
): readonly Step[] {
  const { manager, modern, lockfile, pinned, nodeFile } = packages;
  const { root } = options;
  const inRoot = root === '' ? {} : { 'working-directory': root };
  const at = (name: string) => (root === '' ? name : `${root}/${name}`);
  const cached = lockfile !== undefined && manager !== 'bun' && !(manager === 'yarn' && modern && !pinned);
  const node = step(actions.node, {
    ...(options.node ?? (nodeFile === undefined ? { 'node-version': '22' } : { 'node-version-file': at(nodeFile) })),
    ...(cached && { cache: manager, ...(root !== '' && { 'cache-dependency-path': at(lockfile) }) }),
  });
  const frozen = lockfile === undefined ? 'install' : undefined;
  const run = (command: string): Step => ({ run: command, ...inRoot });
  switch (manager) {
    case 'pnpm': {
      const version = pinned ? { ...(root !== '' && { package_json_file: at('package.json') }) } : { version: '10' };
      return [step(actions.pnpm, version), node, run(`pnpm ${frozen ?? 'install --frozen-lockfile'}`)];
    }
    case 'yarn':
      // The runner has yarn 1 alone; corepack brings the one that package.json names.
      return [
        ...(pinned ? [{ run: 'corepack enable' }] : []),
        node,
        run(`yarn ${frozen ?? `install ${modern ? '--immutable' : '--frozen-lockfile'}`}`),
      ];
    case 'bun':
      return [node, step(actions.bun), run(`bun ${frozen ?? 'install --frozen-lockfile'}`)];
    case 'npm':
      return [node, run(`npm ${frozen ?? 'ci'}`)];
  }
}

/** The script that makes what a Node service runs; Next.js is built by lading itself. */
export function buildStep({ manager }: Packages, folder: string): Step {
  return { run: `${manager} run build`, ...(folder !== '' && { 'working-directory': folder }) };
}
