import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A loopback port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** As long as a program may take to answer its first request. */
const PATIENCE_MS = 2000;

/**
 * Waits until a program answers on its loopback port, until it is over all the same, or a quarter of a minute. It is
 * asked as a load balancer asks: a program that listens and then dies of its settings has not started well.
 */
export async function untilAnswered(port: number, isOver: () => boolean): Promise<void> {
  for (const end = Date.now() + 15_000; !isOver() && Date.now() < end && !(await answers(port));)
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Whatever it answers; who listens and says nothing speaks another protocol. */
async function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'user-agent': 'ELB-HealthChecker/2.0', connection: 'close' };
    const asked = get({ host: '127.0.0.1', port, headers, agent: false, timeout: PATIENCE_MS }, (answer) => {
      answer.destroy();
      resolve(true);
    });
    asked.once('timeout', () => {
      asked.destroy();
      resolve(true);
    });
    asked.once('error', (error) => resolve(/^HPE_/.test((error as NodeJS.ErrnoException).code ?? '')));
  });
}
