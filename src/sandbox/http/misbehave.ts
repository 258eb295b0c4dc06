import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fault } from '../faults.js';

/** True when the fault took the place of the answer. */
export async function misbehave(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
  refuse: (status: number) => void,
): Promise<boolean> {
  if (fault.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
  if (fault.reset) {
    request.socket.destroy();
    return true;
  }
  if (fault.status === undefined && fault.type === undefined) return false;
  request.resume();
  if (fault.retryAfter !== undefined) response.setHeader('retry-after', String(fault.retryAfter));
  refuse(fault.status ?? 400);
  return true;
}
