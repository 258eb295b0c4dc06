import { actionAddress } from '../../base/declare/action-release.js';
import { formatImage } from '../registries/choice.js';
import { registryHost } from '../../aws/ecr-registry.js';
import type { WorkflowRegistry, WorkflowRequest } from './request.js';

/** One file to write, below the repository's root. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

/** Inputs of a step: a text, or a list with a line each. */
export type With = Readonly<Record<string, string | readonly string[] | undefined>>;

/** AWS by OIDC, without a key that lives. */
export function signIn({ role, registries }: WorkflowRequest): string {
  return `      - uses: aws-actions/configure-aws-credentials@v6
        with:
          role-to-assume: ${role}
          aws-region: ${registries[0]?.region ?? ''}`;
}

/** The step that runs lading's own action at a release. */
export function rotateStep(request: WorkflowRequest, inputs: With, id?: string): string {
  const { registries, identity } = request;
  const [only, ...others] = registries;
  const isOne = others.length === 0;
  const named = (secret: string, text: string) => (isOne ? text : `${secret}=${text}`);
  const all: With = {
    ...inputs,
    ...(isOne && { secret: only?.secret }),
    registry: registries.map(({ secret, account, region }) => named(secret, `${account}.${region}`)),
    ...(inputs['check'] === undefined && {
      image: registries.flatMap(({ secret, images }) => images.map((image) => named(secret, formatImage(image)))),
    }),
    ...identities[identity],
  };
  const lines = Object.entries(all).flatMap(([name, value]) => field(name, value));
  const head = id === undefined ? '' : `id: ${id}\n        `;
  return `      - ${head}uses: ${actionAddress('rotate', request.action)}
        with:
${lines.join('\n')}`;
}

const identities = {
  app: { 'github-app-id': '${{ vars.LADING_APP_ID }}', 'github-app-key': '${{ secrets.LADING_APP_KEY }}' },
  token: { 'github-token': '${{ secrets.LADING_TOKEN }}' },
} as const satisfies Record<WorkflowRequest['identity'], With>;

function field(name: string, value: With[string]): readonly string[] {
  if (value === undefined || value.length === 0) return [];
  if (typeof value === 'string') return [`          ${name}: ${scalar(value)}`];
  if (value.length === 1) return [`          ${name}: ${scalar(value[0] ?? '')}`];
  return [`          ${name}: |-`, ...value.map((line) => `            ${line}`)];
}

/** As YAML reads it: plain where that is safe, else in quotes. */
export function scalar(text: string): string {
  const isName =
    /^[A-Za-z][\w./@+-]*(?::[\w./@+-]+)*$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  const isExpression = /^\$\{\{[^{}]*\}\}(?:@[\w./-]+)?$/.test(text);
  return isName || isExpression ? text : `'${text.replaceAll("'", "''")}'`;
}

/** The head of a job that runs in the first image of a registry. */
export function inImage({ account, region, images, secret }: WorkflowRegistry): string {
  return `    runs-on: ubuntu-latest
    timeout-minutes: 10
    container:
      image: ${registryHost(account, region)}/${formatImage(images[0])}
      credentials:
        username: AWS
        password: \${{ secrets.${secret} }}
    steps:`;
}

/** Names of the jobs that try an image: `image`, or `image-1` and on where there are several registries. */
export function imageJobs(registries: readonly WorkflowRegistry[]): readonly (readonly [string, WorkflowRegistry])[] {
  return registries.map((registry, index) => [registries.length === 1 ? 'image' : `image-${index + 1}`, registry]);
}
