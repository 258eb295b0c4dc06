import { alarmsAndRollbacks } from './alarms-and-rollbacks.js';
import { crashes } from './crashes.js';
import { combined, erring } from './erring.js';
import { health } from './health.js';
import { images } from './images.js';
import { people } from './people.js';
import { refusing } from './refusing.js';
import { resources } from './resources.js';
import { stagedRollouts } from './staged.js';
import { succeeding } from './succeeding.js';
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
