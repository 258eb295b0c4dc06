import * as v from 'valibot';
import { HttpError } from '../base/errors.js';
import { parseJson } from '../base/json.js';
import type { Digest } from '../oci/digest.js';
import { digestOf, shortDigest } from '../oci/digest.js';
import type { Descriptor, RawManifest } from '../oci/manifest.js';
import { isIndex, MANIFEST_LIMIT, parseImageIndex } from '../oci/manifest.js';
import { mediaTypes } from '../oci/media-type.js';
import { describeReferrer, referrersIndex, referrersTag, subjectOf } from '../oci/referrers.js';
import type { Store } from '../oci/store.js';
import type { Found, Transport } from './transport.js';

const tagsAnswer = v.looseObject({ tags: v.nullish(v.array(v.string())) });

/** ECR holds 100,000 images a repository; pages have a thousand where the registry lets us ask for them. */
const MOST_PAGES = 1000;

export interface RepositoryLists extends Pick<Store, 'tags' | 'referrers'> {
  /** After a manifest with a subject was put: where the registry does not list it by itself, we do. */
  noteReferrer(raw: RawManifest, isListed: boolean): Promise<void>;
}

interface Manifests {
  manifest(selector: string): Promise<RawManifest | undefined>;
  put(raw: RawManifest, tag: string): Promise<void>;
}

/** What a repository lists. `base` is the path of the repository, as `/v2/team/app/`. */
export function repositoryLists(transport: Transport, base: string, manifests: Manifests): RepositoryLists {
  let noting: Promise<unknown> = Promise.resolve();

  async function* pages(what: string, first: string, absent: readonly number[]): AsyncGenerator<Found> {
    const seen = new Set<string>();
    for (let path: string | undefined = first; path !== undefined;) {
      seen.add(path);
      const found: Found | undefined = await transport.read(what, path, { limit: MANIFEST_LIMIT, absent });
      if (!found) return;
      yield found;
      const next = nextPath(found.headers.link, path, transport);
      if (next !== undefined && (seen.has(next) || seen.size >= MOST_PAGES)) {
        throw new HttpError(`${what} at ${transport.target}: the list does not end`, { code: 'ENDLESS_LIST' });
      }
      path = next;
    }
  }

  async function byTag(digest: Digest): Promise<readonly Descriptor[]> {
    const raw = await manifests.manifest(referrersTag(digest));
    return raw && isIndex(raw) ? parseImageIndex(raw).manifests : [];
  }

  return {
    async tags() {
      const all: string[] = [];
      for await (const { bytes } of pages('list tags', `${base}tags/list?n=1000`, [404]))
        all.push(...(parseJson(tagsAnswer, bytes, `tags of ${transport.target}`).tags ?? []));
      return [...new Set(all)].sort();
    },
    async referrers(digest) {
      const what = `list the referrers of ${shortDigest(digest)}`;
      const all: Descriptor[] = [];
      let isAnswered = false;
      for await (const { bytes } of pages(what, `${base}referrers/${digest}`, [404, 405, 501])) {
        isAnswered = true;
        const raw = { digest: digestOf(bytes), mediaType: mediaTypes.ociIndex, bytes };
        all.push(...parseImageIndex(raw, `the referrers of ${digest}`).manifests);
      }
      return isAnswered ? all : byTag(digest);
    },
    async noteReferrer(raw, isListed) {
      const subject = isListed ? undefined : subjectOf(raw);
      if (!subject) return;
      // One after the other: each reads the list that the one before wrote.
      const next = noting.then(async () => {
        const list = await byTag(subject.digest);
        if (list.some(({ digest }) => digest === raw.digest)) return;
        await manifests.put(referrersIndex([...list, describeReferrer(raw)]), referrersTag(subject.digest));
      });
      noting = next.catch(() => undefined);
      await next;
    },
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags, at the same registry only. */
function nextPath(link: string | undefined, path: string, transport: Transport): string | undefined {
  const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
  if (next === undefined) return undefined;
  const url = transport.pageUrl(next, path);
  return url.pathname + url.search;
}
