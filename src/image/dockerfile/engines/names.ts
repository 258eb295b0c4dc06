/** In the order in which they are tried: what knows most ways stands first. */
export const engineNames = ['buildx', 'docker', 'buildah', 'podman'] as const;

export type EngineName = (typeof engineNames)[number];

/** What `--engine` takes. */
export const engineChoices: readonly ('auto' | EngineName)[] = ['auto', ...engineNames];
