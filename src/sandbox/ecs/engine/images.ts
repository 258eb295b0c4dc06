import type { Definition, ResolvedImage } from '../state/records.js';

/** The images of a definition, with the digests that its tags have now. ECS keeps them for every later task. */
export function imagesOf(
  definition: Definition,
  resolveImage: (image: string) => string | undefined,
): readonly ResolvedImage[] {
  return definition.containerDefinitions.map((container) => {
    const image = String(container.image);
    const imageDigest = /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? resolveImage(image);
    return { containerName: String(container.name), image, imageDigest };
  });
}
