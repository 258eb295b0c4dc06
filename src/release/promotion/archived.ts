import * as v from 'valibot';
import { ecrRegion, isEcrHost } from '../../aws/ecr.js';
import type { Context } from '../../base/context.js';
import { parseShape } from '../../base/json.js';
import type { Reference } from '../../oci/reference.js';

const answer = v.looseObject({
  imageDetails: v.nullish(
    v.array(v.looseObject({ imageDigest: v.nullish(v.string()), imageStatus: v.nullish(v.string()) })),
    [],
  ),
});

/**
 * A registry answers 404 for an image that ECR keeps in its archive; ECR itself tells. Undefined: it is not archived, or that
 * cannot be told. https://docs.aws.amazon.com/AmazonECR/latest/userguide/archive-restore-image.html
 */
export async function archivedImage(
  { host, repository, tag, digest }: Reference,
  context: Context,
): Promise<{ readonly restore: string } | undefined> {
  if (!isEcrHost(host, context.env) || host === 'public.ecr.aws') return undefined;
  const registryId = /^\d{12}/.exec(host)?.[0];
  const imageId = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
  try {
    const { openAws } = await import('../../aws/session.js');
    const region = ecrRegion(host);
    const session = await openAws(context, region === undefined ? {} : { region });
    const input = { repositoryName: repository, imageIds: [imageId], ...(registryId && { registryId }) };
    const told = parseShape(
      answer,
      await session.api('ecr').call('DescribeImages', input),
      'answer of ecr DescribeImages',
    );
    const [image] = told.imageDetails ?? [];
    if (image?.imageStatus !== 'ARCHIVED') return undefined;
    const id = `imageDigest=${image.imageDigest ?? digest ?? ''}`;
    return {
      restore: `aws ecr update-image-storage-class --repository-name ${repository} --image-id ${id} --target-storage-class STANDARD`,
    };
  } catch {
    return undefined;
  }
}
