import { InputError } from '../base/errors.js';
import type { Release } from './release.js';

/** What a release may say already and nobody carries out yet: it must not be left out in silence. */
export function refuseUnbuilt({ tasks, services }: Release): void {
  const issues = [
    ...tasks.map(({ name, where }) => ({
      where: where(),
      message: `the task ${name} would not be run: this version of lading runs none`,
      hint: `Run it before, and leave it out of lading.yml.`,
    })),
    ...services.flatMap(({ name, smoke, where }) =>
      smoke
        ? [
            {
              where: where('smoke'),
              message: `the address of ${name} would not be asked: this version of lading asks none`,
              hint: 'Ask it afterwards, and leave it out of lading.yml.',
            },
          ]
        : [],
    ),
  ];
  if (issues.length > 0) throw new InputError(issues, 'NOT_BUILT');
}
