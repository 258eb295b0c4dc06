/** Who made a thing: written on it as tags. */
export interface Owner {
  /** What all names begin with, as `lading-shop`. */
  readonly prefix: string;
  /** `acme/shop`. */
  readonly repository: string;
  /** GitHub's, which survives a new name. */
  readonly repositoryId?: string | undefined;
}

export type Tags = Readonly<Record<string, string>>;

const PREFIX = 'lading:bootstrap';
const REPOSITORY = 'lading:repository';
const REPOSITORY_ID = 'lading:repository-id';

export function tagsOf({ prefix, repository, repositoryId }: Owner): Tags {
  return {
    [PREFIX]: prefix,
    [REPOSITORY]: repository,
    ...(repositoryId === undefined ? {} : { [REPOSITORY_ID]: repositoryId }),
  };
}

/** As IAM, DynamoDB and S3 take them. */
export function tagList(tags: Tags): readonly { readonly Key: string; readonly Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function readTags(list: readonly { readonly Key: string; readonly Value: string }[]): Tags {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** `ours`: by this very bootstrap. `shared`: by another one of lading. */
export function madeBy(tags: Tags, owner: Owner): 'ours' | 'shared' | 'stranger' {
  const prefix = tags[PREFIX];
  if (prefix === undefined) return 'stranger';
  return prefix === owner.prefix && isSameRepository(tags, owner) ? 'ours' : 'shared';
}

/** Why something is not changed and never taken away; undefined when it is ours. */
export function keptNote(tags: Tags, owner: Owner): string | undefined {
  const maker = madeBy(tags, owner);
  if (maker === 'ours') return undefined;
  return maker === 'shared' ? `made for ${makerOf(tags)}` : 'lading did not make it: it is never taken away';
}

/** As `keptNote`, of what several may share: the last who uses it takes it away, whoever made it. */
export function keptShared(tags: Tags, owner: Owner): string | undefined {
  return madeBy(tags, owner) === 'shared' ? undefined : keptNote(tags, owner);
}

/** For words: whose it is. */
export function makerOf(tags: Tags): string {
  return `${tags[PREFIX] ?? '?'} of ${tags[REPOSITORY] ?? '?'}`;
}

/** By its id when both are known: a repository may get a new name. */
function isSameRepository(tags: Tags, { repository, repositoryId }: Owner): boolean {
  const id = tags[REPOSITORY_ID];
  if (id !== undefined && repositoryId !== undefined) return id === repositoryId;
  return tags[REPOSITORY]?.toLowerCase() === repository.toLowerCase();
}

/** Tags of ours that are missing or say something else. */
export function missingTags(tags: Tags, owner: Owner): Tags {
  return Object.fromEntries(Object.entries(tagsOf(owner)).filter(([key, value]) => tags[key] !== value));
}
