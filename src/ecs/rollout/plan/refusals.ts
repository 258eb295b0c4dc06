import { InputError, LadingError } from '../../../base/errors.js';
import type { Service } from '../../shapes.js';

/** What lading does not drive, or ECS would not take; told before anything is changed. */
export function refuseWhatCannotBe(
  service: Service,
  request: { readonly service: string; readonly desiredCount?: number | undefined },
): void {
  const controller = service.deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw new LadingError(
      'input',
      `the service ${request.service} is deployed by ${controller}, which lading does not drive`,
      {
        code: 'CONTROLLER_UNSUPPORTED',
        hint: 'Use the ECS deployment controller; it knows blue/green, linear and canary by itself.',
      },
    );
  }
  if (service.status === 'DRAINING') {
    throw new InputError({
      where: '--service',
      message: `${request.service} is being deleted (DRAINING)`,
      hint: 'Wait until it is INACTIVE, then create it again.',
    });
  }
  if (service.schedulingStrategy === 'DAEMON' && request.desiredCount !== undefined) {
    throw new InputError({
      where: '--desired-count',
      message: `${request.service} is a DAEMON: it runs one task on each machine`,
      hint: 'Leave the count away.',
    });
  }
}
