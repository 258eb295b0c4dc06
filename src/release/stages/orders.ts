import type { Release, UsedImage } from '../release.js';
import type { ResolvedImage } from '../images/resolve-image.js';
import type { Orders } from '../roll-out.js';
import { inRelease } from './task.js';

/** A release past the boundary of text: each image is one that is there, by its digest. */
export async function ordersOf(
  { tasks, services }: Pick<Release, 'tasks' | 'services'>,
  options: {
    readonly resolve: (use: UsedImage, region: string | undefined) => Promise<ResolvedImage>;
    /** The commit that the images were made from. */
    readonly commit: string | undefined;
  },
): Promise<Orders> {
  const { commit } = options;
  const resolved = ({ images, region }: Release['services'][number] | Release['tasks'][number]) =>
    Promise.all(images.map((use) => options.resolve(use, region)));
  const [taskOrders, serviceOrders] = await Promise.all([
    Promise.all(tasks.map(async (task) => inRelease(task, await resolved(task), commit))),
    Promise.all(services.map(async (service) => ({ ...service, images: await resolved(service), commit }))),
  ]);
  return { tasks: taskOrders, services: serviceOrders };
}
