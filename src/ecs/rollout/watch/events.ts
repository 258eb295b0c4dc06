import type { Service } from '../../shapes.js';
import type { Cause } from '../../task/cause.js';

/**
 * What the service's events say of the task, as the codes that a health check got. The events of a service come later
 * than the task's own reason, and tell more.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export function explainByEvents<C extends Cause>(cause: C, service: Service | undefined): C {
  if (cause.class !== 'health' || cause.taskArn === undefined || cause.detail !== undefined) return cause;
  const id = cause.taskArn.slice(cause.taskArn.lastIndexOf('/') + 1);
  const about = service?.events.filter(({ message }) => message.includes(id) && /unhealthy/i.test(message)) ?? [];
  const reason = about.map(({ message }) => /due to \(reason (.+?)\)\.?$/i.exec(message)?.[1]).find(Boolean);
  const port = about.map(({ message }) => /\(port (\d+)\)/.exec(message)?.[1]).find(Boolean);
  if (reason === undefined) return cause;
  return { ...cause, detail: `${reason}${port === undefined ? '' : ` on port ${port}`}` };
}
