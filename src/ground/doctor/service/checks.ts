import type { Check } from '../check.js';
import { imageChecks } from './images.js';
import { logChecks } from './logs.js';
import { roleChecks } from './roles.js';
import type { ServiceScene } from './scene.js';
import { secretChecks } from './secrets.js';
import { serverChecks } from './server.js';
import { serviceChecks } from './service.js';
import { targetChecks } from './targets.js';
import { networkChecks } from './ways-out.js';

/** Everything that is looked at of one service. */
export const serviceSceneChecks: readonly Check<ServiceScene>[] = [
  ...serviceChecks,
  ...imageChecks,
  ...roleChecks,
  ...secretChecks,
  ...logChecks,
  ...targetChecks,
  ...networkChecks,
  ...serverChecks,
];
