import * as v from 'valibot';
import { LadingError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { environmentCredentials } from '../credentials/environment.js';
import type { CredentialContext } from '../credentials/provider.js';
import { AwsError } from '../failure.js';
import { openRpc } from '../open-api.js';
import { audiencesOf, issuerName } from './claims.js';
import type { IdToken } from './id-token.js';
import type { TrustExplanation } from './trust.js';
import { explainTrust } from './trust.js';
import { parseArn } from '../arn.js';

/**
 * A role that STS did not give for a token, with why: the token's claims beside the trust policy, a provider that is not
 * there, an audience that it does not know. Any other failure stays as it is.
 */
export async function explainRefusedToken(
  error: unknown,
  { role, token }: { readonly role: string; readonly token: IdToken },
  context: CredentialContext,
): Promise<unknown> {
  const refusal = refusalOf(error);
  if (!refusal || !(error instanceof LadingError)) return error;
  const { type, message } = refusal;
  const account = parseArn(role)?.account ?? 'of the role';
  const issuer = issuerName(token.claims) ?? 'its issuer';
  if (/No OpenIDConnect provider/i.test(message)) {
    const audience = audiencesOf(token.claims)[0] ?? 'sts.amazonaws.com';
    const hint = `Make the provider in account ${account}: aws iam create-open-id-connect-provider --url https://${issuer} --client-id-list ${audience}`;
    return again(error, 'NO_IDENTITY_PROVIDER', { hint });
  }
  if (/audience/i.test(message)) {
    const said = audiencesOf(token.claims).join(', ') || 'nobody';
    const hint = `Add ${said} to the audiences of the identity provider ${issuer} in account ${account}, or set --audience to one that it has.`;
    return again(error, 'WRONG_AUDIENCE', { hint, words: `the token is for ${said}` });
  }
  if (type === 'RegionDisabledException') return disabledRegion(error, context.region);
  if (refusal.failure !== 'denied' && type !== 'InvalidIdentityToken') return error;
  const policy = type === 'InvalidIdentityToken' ? undefined : await readTrustPolicy(role, context);
  const found = explainTrust(role, token.claims, { policy });
  tell(found, role, context);
  const { claims, misfits, statement, hint } = found;
  const said = Object.entries(claims).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const words = [`the token says ${said.join(', ')}`, ...misfits].join('; ');
  return again(error, 'TRUST_REFUSED', { hint, words, details: { claims, misfits, statement } });
}

/** A role that STS did not give to somebody, with what to do where it is known. */
export function explainRefusedRole(error: unknown, role: string): unknown {
  const refusal = refusalOf(error);
  if (!refusal || !(error instanceof LadingError)) return error;
  if (refusal.type === 'RegionDisabledException')
    return disabledRegion(error, String(error.details?.region ?? 'the region'));
  if (refusal.failure !== 'denied') return error;
  const { principal, action } = refusal.denial ?? {};
  if (action === 'sts:TagSession') {
    const hint = `Allow sts:TagSession to ${principal ?? 'the caller'} in the trust policy of ${role}, or set --role-skip-session-tagging.`;
    return again(error, 'MAY_NOT_TAG', { hint });
  }
  const hint = `Name ${principal ?? 'the caller'} as a Principal in the trust policy of ${role}, and allow it sts:AssumeRole on that role; check the external id and the account.`;
  return again(error, 'TRUST_REFUSED', { hint });
}

function refusalOf(error: unknown): AwsError | undefined {
  return error instanceof LadingError && error.cause instanceof AwsError ? error.cause : undefined;
}

function disabledRegion(error: LadingError, region: string): LadingError {
  return again(error, 'REGION_DISABLED', {
    hint: `Activate STS for ${region} in the account (IAM, account settings), or use a region where it is.`,
  });
}

interface More {
  readonly hint: string;
  readonly words?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

function again(error: LadingError, code: string, { hint, words, details }: More): LadingError {
  return new LadingError('credentials', words ? `${error.message}; ${words}` : error.message, {
    code,
    hint,
    details: { ...error.details, ...details },
    cause: error,
  });
}

/** The claims and the statement that would match, for whoever sees pages. */
function tell({ claims, misfits, statement }: TrustExplanation, role: string, { report }: CredentialContext): void {
  if (!statement) return;
  report({
    type: 'page',
    page: {
      title: 'The trust policy does not let this job in',
      blocks: [
        {
          type: 'table',
          title: `What the token says to ${role}`,
          columns: [{ name: 'Claim' }, { name: 'Is' }],
          rows: Object.entries(claims).map(([name, value]) => [{ code: name }, { code: value }]),
        },
        ...misfits.map((text) => ({ type: 'note' as const, level: 'error' as const, text })),
        {
          type: 'code',
          title: 'A statement that lets it in, and no other',
          language: 'json',
          text: JSON.stringify(statement, undefined, 2),
        },
      ],
    },
  });
}

const roleShape = v.looseObject({ Role: v.looseObject({ AssumeRolePolicyDocument: v.string() }) });

/** The trust policy of a role, when the keys of the environment may read it. It is asked for once, and quickly. */
async function readTrustPolicy(role: string, context: CredentialContext): Promise<unknown> {
  const keys = environmentCredentials(context);
  const name = parseArn(role)?.resource.split('/').at(-1);
  if (!keys || name === undefined) return undefined;
  try {
    const iam = openRpc('iam', { region: context.region, credentials: async () => keys }, context);
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(3000)]);
    const answer = await iam.call('GetRole', { RoleName: name }, { tries: 1, signal });
    const { Role } = parseShape(roleShape, answer, 'answer of iam GetRole');
    return JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument)) as unknown;
  } catch (error) {
    if (context.signal.aborted) throw error;
    return undefined;
  }
}
