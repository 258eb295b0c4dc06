import { InputError } from '../base/errors.js';
import type { Digest } from './digest.js';
import { isDigest } from './digest.js';

/** A parsed image name: past the boundary nobody passes strings. */
export interface Reference {
  /** `host[:port]` that is spoken to. */
  readonly host: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest | undefined;
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
/** https://github.com/distribution/reference/blob/v0.6.0/regexp.go */
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
const HOST = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?$`);
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DOCKER_HUB = 'registry-1.docker.io';

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests; `node:20` is Docker Hub's. */
export function parseReference(text: string, where = 'image'): Reference {
  const [named = '', digestText, ...more] = text.split('@');
  const slash = named.indexOf('/');
  const first = slash < 0 ? '' : named.slice(0, slash);
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost';
  const rest = hasHost ? named.slice(slash + 1) : named;
  const colon = rest.lastIndexOf(':');
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  const path = colon < 0 ? rest : rest.slice(0, colon);
  const host = hasHost && !/^(index\.)?docker\.io$/.test(first) ? first : DOCKER_HUB;
  const repository = host === DOCKER_HUB && !path.includes('/') ? `library/${path}` : path;
  const refuse = (message: string, hint?: string) =>
    new InputError({ where, message: `${message} in ${JSON.stringify(text)}`, hint });
  if (more.length > 0 || (digestText !== undefined && !isDigest(digestText))) {
    throw refuse('the digest is not sha256: and 64 hex digits');
  }
  if (/^https?:\/\//.test(text))
    throw refuse('not a registry host', 'Write it without https://, as registry/name:tag.');
  if (!HOST.test(host) || !URL.canParse(`https://${host}`))
    throw refuse('not a registry host', 'Write it as registry.example.com:5000/name:tag.');
  if (path.length > 255) throw refuse('a repository name longer than 255 characters');
  if (!REPOSITORY.test(path)) {
    const lower = path.toLowerCase();
    throw refuse(
      'not a repository name',
      lower !== path && REPOSITORY.test(lower)
        ? 'Write the repository in lower case.'
        : 'Write it as registry/name:tag.',
    );
  }
  if (tag !== undefined && !TAG.test(tag)) throw refuse('not a tag', 'Use up to 128 letters, digits, _ . -');
  return { host, repository, tag, digest: digestText };
}

/** Undone by `parseReference`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? '' : `:${reference.tag}`;
  const digest = reference.digest === undefined ? '' : `@${reference.digest}`;
  return `${repositoryName(reference)}${tag}${digest}`;
}

/** `host/repository`, without tag and digest. */
export function repositoryName(reference: Pick<Reference, 'host' | 'repository'>): string {
  return `${reference.host}/${reference.repository}`;
}

/** What a manifest is asked for by: the digest when there is one, else the tag, else `latest`. */
export function selectorOf(reference: Reference): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

/** Refuses what no registry takes as a tag. */
export function checkTag(tag: string, where = 'tag'): void {
  if (TAG.test(tag)) return;
  throw new InputError({
    where,
    message: `not a tag: ${JSON.stringify(tag)}`,
    hint: 'Use up to 128 letters, digits, _ . -',
  });
}
