import * as v from 'valibot';
import { isIndex, parseImageIndex } from '../../oci/manifest.js';
import type { SandboxRepository } from '../registry/images.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { tagsOf, wantedBy } from './image-choice.js';
import type { ImageId } from './input.js';
import { manyImageIds, ofRepository, pageOfEcr, read, shapes } from './input.js';
import { readLifecyclePolicy } from './lifecycle-policy.js';
import { previewLifecycle } from './lifecycle-preview.js';
import type { RegistryState } from './registry-state.js';

/** A preview is not there at once. */
const PREVIEW_MS = 1000;

const named = v.object(ofRepository);
const policyText = v.pipe(v.string(), v.minLength(100), v.maxLength(30_720));
const results = v.object({
  ...ofRepository,
  imageIds: v.optional(manyImageIds),
  nextToken: shapes.nextToken,
  maxResults: shapes.maxResults,
  filter: shapes.tagStatus,
});

/** Which images would go, by a policy or by one that is not put yet. The sandbox itself expires none. */
export function lifecycleOperations(state: RegistryState): Record<string, Operation> {
  const { setting } = state;

  function requirePolicy(repository: SandboxRepository): string {
    const { lifecycle } = state.recordOf(repository);
    if (lifecycle) return lifecycle.text;
    throw missing('LifecyclePolicyNotFoundException', 'Lifecycle policy', repository);
  }

  function missing(type: string, what: string, repository: SandboxRepository): AwsFault {
    const { registryId, repositoryName } = state.placeOf(repository);
    return new AwsFault(
      type,
      `${what} does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
    );
  }

  return {
    PutLifecyclePolicy(input) {
      const asked = read(v.object({ ...ofRepository, lifecyclePolicyText: policyText }), input);
      const repository = state.requireRepository(asked);
      readLifecyclePolicy(asked.lifecyclePolicyText);
      state.recordOf(repository).lifecycle = { text: asked.lifecyclePolicyText };
      return { ...state.placeOf(repository), lifecyclePolicyText: asked.lifecyclePolicyText };
    },
    GetLifecyclePolicy(input) {
      const repository = state.requireRepository(read(named, input));
      return { ...state.placeOf(repository), lifecyclePolicyText: requirePolicy(repository) };
    },
    DeleteLifecyclePolicy(input) {
      const repository = state.requireRepository(read(named, input));
      const lifecyclePolicyText = requirePolicy(repository);
      state.recordOf(repository).lifecycle = undefined;
      return { ...state.placeOf(repository), lifecyclePolicyText };
    },
    StartLifecyclePolicyPreview(input) {
      const asked = read(v.object({ ...ofRepository, lifecyclePolicyText: v.optional(policyText) }), input);
      const repository = state.requireRepository(asked);
      const record = state.recordOf(repository);
      if (record.preview && setting.clock.now() < record.preview.startedAt + PREVIEW_MS)
        throw new AwsFault(
          'LifecyclePolicyPreviewInProgressException',
          `Lifecycle policy preview is in progress for the repository with name '${repository.name}'`,
        );
      const text = asked.lifecyclePolicyText ?? requirePolicy(repository);
      readLifecyclePolicy(text);
      record.preview = { text, startedAt: setting.clock.now() };
      return { ...state.placeOf(repository), lifecyclePolicyText: text, status: 'IN_PROGRESS' };
    },
    GetLifecyclePolicyPreview(input) {
      const { imageIds, filter, ...asked } = read(results, input);
      const repository = state.requireRepository(asked);
      const { preview } = state.recordOf(repository);
      if (!preview) throw missing('LifecyclePolicyPreviewNotFoundException', 'Lifecycle policy preview', repository);
      const head = { ...state.placeOf(repository), lifecyclePolicyText: preview.text };
      if (setting.clock.now() < preview.startedAt + PREVIEW_MS) return { ...head, status: 'IN_PROGRESS' };
      const all = previewLifecycle(readLifecyclePolicy(preview.text), agedImages(repository), preview.startedAt);
      const chosen = all.flatMap(({ digest, appliedRulePriority }) => {
        const manifest = repository.manifests.get(digest);
        if (!manifest || !wantedBy(filter, repository)(manifest)) return [];
        const tags = tagsOf(repository, manifest.digest);
        const isNamed = ({ imageDigest, imageTag = '' }: ImageId) => imageDigest === digest || tags.includes(imageTag);
        if (imageIds && !imageIds.some(isNamed)) return [];
        return [
          {
            ...(tags.length > 0 && { imageTags: tags }),
            imageDigest: digest,
            imagePushedAt: manifest.pushedAt / 1000,
            action: { type: 'EXPIRE' },
            appliedRulePriority,
          },
        ];
      });
      const { items, more } = pageOfEcr(chosen, asked, setting);
      return {
        ...head,
        status: 'COMPLETE',
        previewResults: items,
        summary: { expiringImageTotalCount: all.length },
        ...more,
      };
    },
  };
}

function agedImages(repository: SandboxRepository) {
  const manifests = [...repository.manifests.values()];
  const children = manifests.filter(isIndex).flatMap((raw) => parseImageIndex(raw).manifests);
  const referred = new Set(children.map(({ digest }) => digest));
  return manifests.map(({ digest, pushedAt }) => ({
    digest,
    pushedAt,
    tags: tagsOf(repository, digest),
    isReferred: referred.has(digest),
  }));
}
