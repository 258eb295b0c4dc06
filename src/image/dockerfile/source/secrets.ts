import { readFile } from 'node:fs/promises';
import type { Context } from '../../../base/context.js';
import type { InputIssue } from '../../../base/errors.js';
import { InputError, messageOf } from '../../../base/errors.js';
import { say } from '../../../base/tell/report.js';
import type { BuildSecret, DockerfileValues } from '../values.js';

/** Bytes of a secret that BuildKit takes. https://github.com/moby/buildkit/blob/master/session/secrets/secretsprovider/store.go */
const MOST = 500 << 10;

/** Has every secret masked before a program runs that could print it. Throws an `InputError` with all that cannot be had. */
export async function maskSecrets(
  secrets: readonly BuildSecret[],
  context: Pick<Context, 'env' | 'report'>,
): Promise<void> {
  const issues: InputIssue[] = [];
  for (const secret of secrets) {
    const value = await valueOf(secret, context).catch((cause: unknown) => messageOf(cause));
    if (typeof value === 'string') issues.push({ where: '--secret', message: `${secret.id}: ${value}` });
    else context.report({ type: 'mask', value: value.toString('utf8') });
  }
  if (issues.length > 0) throw new InputError(issues, 'SECRET_MISSING');
}

/** The bytes, or why there are none. */
async function valueOf(secret: BuildSecret, { env }: Pick<Context, 'env'>): Promise<Buffer | string> {
  if (secret.from === 'variable') {
    const value = env[secret.name];
    return value === undefined ? `the variable ${secret.name} is not set` : Buffer.from(value);
  }
  const bytes = await readFile(secret.path);
  return bytes.length > MOST ? `${secret.path} has ${bytes.length} bytes, more than the ${MOST} of a secret` : bytes;
}

const LIKE_A_SECRET = /(token|secret|password|passwd|credential|(api|access|private)_?key)/i;

/** An argument stands in the image's history, for everybody who may pull it. */
export function warnOfArguments({ buildArg = {} }: DockerfileValues, { report }: Pick<Context, 'report'>): void {
  for (const name of Object.keys(buildArg)) {
    if (!LIKE_A_SECRET.test(name)) continue;
    const hint = `Give it with --secret id=${name},env=${name}, and read it by RUN --mount=type=secret,id=${name}.`;
    say(report, 'warning', `the build argument ${name} looks like a secret, and can be read in the image`, hint);
  }
}
