import * as v from 'valibot';
import type { AwsSession } from '../../aws/api.js';
import { ecrRegion, isEcrHost } from '../../aws/ecr.js';
import { isAwsFailure } from '../../aws/failure.js';
import type { Context } from '../../base/context.js';
import { InputError } from '../../base/errors.js';
import { parseShape } from '../../base/json.js';
import { formatReference, parseReference } from '../../oci/reference.js';

const shape = v.looseObject({
  imageDetails: v.pipe(v.array(v.looseObject({ imageDigest: v.string() })), v.minLength(1)),
});

/**
 * The image with its digest, as the service stack takes it: a tag becomes the digest that it stands for now. One at ECR
 * must exist.
 */
export async function pinImage(text: string, session: AwsSession, context: Pick<Context, 'env'>): Promise<string> {
  const where = '--image';
  const reference = parseReference(text);
  if (!isEcrHost(reference.host, context.env) || reference.host === 'public.ecr.aws') {
    if (reference.digest !== undefined) return text;
    const message = `${text} is not at ECR, and a tag may mean another image tomorrow`;
    throw new InputError({ where, message, hint: 'Name it by its digest, as IMAGE@sha256:….' });
  }
  const { digest, tag, repository } = reference;
  const id = digest === undefined ? { imageTag: tag ?? 'latest' } : { imageDigest: digest };
  const region = ecrRegion(reference.host);
  const account = /^\d{12}/.exec(reference.host)?.[0];
  try {
    const answer = await session.api('ecr', region === undefined ? {} : { region }).call('DescribeImages', {
      repositoryName: repository,
      imageIds: [id],
      ...(account !== undefined && { registryId: account }),
    });
    const found = parseShape(shape, answer, `image ${text}`).imageDetails[0]?.imageDigest ?? '';
    return `${reference.host}/${repository}@${found}`;
  } catch (error) {
    if (!isAwsFailure(error, 'not-found')) throw error;
    throw new InputError({
      where,
      message: `${formatReference(reference)} does not exist`,
      hint: 'Make the registry with lading infra apply registry, push the image with lading push, or check the tag.',
    });
  }
}
