import * as v from 'valibot';
import type { AwsApi } from '../api.js';
import { isAwsFailure } from '../failure.js';
import { ask, askAll } from './ask.js';

const repositories = v.looseObject({
  repositories: v.optional(
    v.array(
      v.looseObject({
        repositoryName: v.string(),
        repositoryArn: v.optional(v.string()),
        repositoryUri: v.optional(v.string()),
        imageTagMutability: v.optional(v.string(), 'MUTABLE'),
      }),
    ),
    [],
  ),
});
const images = v.looseObject({
  imageDetails: v.optional(
    v.array(
      v.looseObject({
        imageDigest: v.string(),
        imageTags: v.optional(v.array(v.string()), []),
        imageSizeInBytes: v.optional(v.number()),
        imagePushedAt: v.optional(v.number()),
      }),
    ),
    [],
  ),
  nextToken: v.nullish(v.string()),
});
const policy = v.looseObject({ lifecyclePolicyText: v.optional(v.string(), '') });

export type EcrRepository = v.InferOutput<typeof repositories>['repositories'][number];
export type EcrImage = v.InferOutput<typeof images>['imageDetails'][number];

/** Which repository, in which account; the caller's own when it is not said. */
export interface RepositoryPlace {
  readonly name: string;
  readonly account: string | undefined;
}

/** Undefined when there is none. */
export async function readRepository(ecr: AwsApi, place: RepositoryPlace): Promise<EcrRepository | undefined> {
  const input = { ...registryOf(place), repositoryNames: [place.name] };
  return orMissing(async () => (await ask(ecr, 'DescribeRepositories', input, repositories)).repositories[0]);
}

/** Undefined when there is none. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html */
export async function readEcrImage(
  ecr: AwsApi,
  place: RepositoryPlace,
  id: { readonly imageDigest: string } | { readonly imageTag: string },
): Promise<EcrImage | undefined> {
  const input = { ...registryOf(place), repositoryName: place.name, imageIds: [id] };
  return orMissing(async () => (await ask(ecr, 'DescribeImages', input, images)).imageDetails[0]);
}

export async function readEcrImages(ecr: AwsApi, place: RepositoryPlace): Promise<readonly EcrImage[]> {
  const input = { ...registryOf(place), repositoryName: place.name, maxResults: 1000 };
  return askAll(ecr, 'DescribeImages', input, {
    schema: images,
    items: (page) => page.imageDetails,
    next: ({ nextToken }) => (nextToken ? { nextToken } : undefined),
  });
}

/** The text of the rules; undefined when there are none. */
export async function readLifecyclePolicy(ecr: AwsApi, place: RepositoryPlace): Promise<string | undefined> {
  const input = { ...registryOf(place), repositoryName: place.name };
  return orMissing(async () => (await ask(ecr, 'GetLifecyclePolicy', input, policy)).lifecyclePolicyText || undefined);
}

function registryOf({ account }: RepositoryPlace): object {
  return account === undefined ? {} : { registryId: account };
}

async function orMissing<Value>(read: () => Promise<Value | undefined>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}
