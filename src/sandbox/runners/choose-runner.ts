import { stat } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { LadingError } from '../../base/errors.js';
import type { ImageStore } from '../registry/images.js';
import type { TaskRunner } from './task-runner.js';

export interface RunnerOptions {
  /** Of the sandbox alone. */
  readonly folder: string;
  readonly images: ImageStore;
  readonly allowRoot: boolean;
  /** Host of the sandbox's registry. */
  readonly host: () => string;
  /** Base64 of `AWS:password`, for the registry. */
  readonly authorization: () => Promise<string>;
}

/** What runs the tasks; undefined when they are simulated. Rejects with ROOT_TASKS where root would run them unasked. */
export async function chooseRunner(
  kind: 'simulated' | 'process' | 'docker',
  { folder, images, allowRoot, host, authorization }: RunnerOptions,
): Promise<TaskRunner | undefined> {
  if (kind === 'simulated') return undefined;
  if (kind === 'docker')
    return (await import('./docker-runner.js')).dockerRunner({ folder: join(folder, 'docker'), host, authorization });
  if (!allowRoot && (await isRoot(folder)))
    throw new LadingError(
      'input',
      'tasks of the kind `process` would run as root, and may change all of this computer',
      {
        code: 'ROOT_TASKS',
        hint: 'Run the sandbox as another user, take --tasks docker, or give --allow-root when the images are your own.',
      },
    );
  return (await import('./process-runner.js')).processRunner(images, join(folder, 'tasks'));
}

/** Whoever made the folder is who runs us. Windows has no owners to tell. */
async function isRoot(folder: string): Promise<boolean> {
  return platform() !== 'win32' && (await stat(folder)).uid === 0;
}
