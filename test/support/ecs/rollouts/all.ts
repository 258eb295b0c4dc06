import { alarmsAndRollbacks } from './themes/alarms-and-rollbacks.js';
import { crashes } from './themes/crashes.js';
import { combined, erring } from './themes/erring.js';
import { health } from './themes/health.js';
import { images } from './themes/images.js';
import { people } from './themes/people.js';
import { refusing } from './themes/refusing.js';
import { resources } from './themes/resources.js';
import { stagedRollouts } from './themes/staged.js';
import { succeeding } from './themes/succeeding.js';
import type { Rollout } from './rollout.js';

/** Every rollout by theme; names are unique. */
export const rollouts: Readonly<Record<string, readonly Rollout[]>> = {
  'what goes well': succeeding,
  images,
  resources,
  crashes,
  health,
  people,
  'alarms and ways back': alarmsAndRollbacks,
  stages: stagedRollouts,
  refusals: refusing,
  'erring reads and calls': erring,
  'several at once': combined,
};

export const allRollouts: readonly Rollout[] = Object.values(rollouts).flat();
