import { AwsFault } from '../service.js';
import type { AccessKey, KeyRing } from './keys.js';
import { isSame } from './keys.js';
import type { Signature, SignedRequest } from './signature.js';
import { isSignedWith } from './signature.js';

/** How a service words its errors: by its protocol. */
export type Wording = 'json' | 'rest-json' | 'query' | 'rest-xml';

/** What is wrong with the credentials of a request. */
type Refusal = 'none' | 'incomplete' | 'unknown' | 'mismatch' | 'token' | 'expired' | 'scope';

/** The key that a request names, before anything is proven. Throws when there is none such. */
export function namedKey(signature: Signature | 'none' | 'incomplete', keys: KeyRing, wording: Wording): AccessKey {
  if (typeof signature === 'string') throw authFault(signature, wording);
  const key = keys.find(signature.keyId);
  if (!key) throw authFault('unknown', wording);
  return key;
}

/** Throws what AWS answers when a request is not signed with the key, by its session, for its service. */
export function proveSignature(
  request: SignedRequest,
  signature: Signature,
  key: AccessKey,
  expected: { readonly wording: Wording; readonly service: string; readonly now: number },
): void {
  const { wording, service, now } = expected;
  if (!isSignedWith(key.secret, signature, request)) throw authFault('mismatch', wording);
  if (!isSame(key.sessionToken ?? '', signature.sessionToken ?? '')) throw authFault('token', wording);
  if (key.expiresAt !== undefined && key.expiresAt <= now) throw authFault('expired', wording);
  if (signature.service !== service) throw authFault('scope', wording, `'${service}'`);
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/CommonErrors.html, …/STS/…/CommonErrors.html, …/AmazonS3/…/ErrorResponses.html */
function authFault(refusal: Refusal, wording: Wording, detail = ''): AwsFault {
  const [json, query, s3] = TYPES[refusal];
  const type = wording === 'query' ? query : wording === 'rest-xml' ? s3 : json;
  return new AwsFault(type, MESSAGES[refusal] + detail, wording === 'json' ? 400 : 403);
}

const TYPES: Readonly<Record<Refusal, readonly [json: string, query: string, s3: string]>> = {
  none: ['MissingAuthenticationTokenException', 'MissingAuthenticationToken', 'AccessDenied'],
  incomplete: ['IncompleteSignatureException', 'IncompleteSignature', 'AuthorizationHeaderMalformed'],
  unknown: ['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId'],
  mismatch: ['InvalidSignatureException', 'SignatureDoesNotMatch', 'SignatureDoesNotMatch'],
  token: ['UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidToken'],
  expired: ['ExpiredTokenException', 'ExpiredToken', 'ExpiredToken'],
  scope: ['InvalidSignatureException', 'SignatureDoesNotMatch', 'AuthorizationHeaderMalformed'],
};

const MESSAGES: Readonly<Record<Refusal, string>> = {
  none: 'Missing Authentication Token',
  incomplete:
    'The authorization has no signature of version 4 with Credential, SignedHeaders (host among them) and date.',
  unknown: 'The security token included in the request is invalid.',
  mismatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  token: 'The security token included in the request is invalid.',
  expired: 'The security token included in the request is expired',
  scope: 'Credential should be scoped to correct service: ',
};
