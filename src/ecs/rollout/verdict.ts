import type { ServiceDeployment } from '../shapes.js';
import { digestIn } from '../definition/task-definition.js';

/** How a deployment stands, by the far side's own state. */
export type Standing =
  | { readonly is: 'running' }
  | { readonly is: 'succeeded' }
  /** It failed, and ECS is going back: watch on to learn how that ends. */
  | { readonly is: 'rolling-back' }
  | { readonly is: 'failed'; readonly rolledBack: boolean; readonly reason: string }
  | { readonly is: 'superseded' }
  | { readonly is: 'stopped'; readonly reason: string }
  | {
      readonly is: 'paused';
      readonly hookId: string;
      readonly expiresAt: number | undefined;
      readonly timeoutAction: string | undefined;
    };

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeployment.html */
export function standingOf(deployment: ServiceDeployment | undefined): Standing {
  const reason = deployment?.statusReason ?? deployment?.rollback?.reason ?? '';
  switch (deployment?.status) {
    case 'SUCCESSFUL':
      return { is: 'succeeded' };
    case 'STOPPED':
      return /replaced by a new service deployment/i.test(reason) && !deployment.rollback
        ? { is: 'superseded' }
        : { is: 'stopped', reason };
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return { is: 'rolling-back' };
    case 'ROLLBACK_SUCCESSFUL':
      return { is: 'failed', rolledBack: true, reason };
    case 'ROLLBACK_FAILED':
    case 'FAILED':
      return { is: 'failed', rolledBack: false, reason };
    default: {
      const hook = deployment?.lifecycleHookDetails?.find((detail) => detail.status === 'AWAITING_ACTION');
      if (!hook) return { is: 'running' };
      return {
        is: 'paused',
        hookId: hook.hookId ?? '',
        expiresAt: hook.expiresAt ?? undefined,
        timeoutAction: hook.timeoutAction ?? undefined,
      };
    }
  }
}

export interface Proof {
  readonly container: string;
  readonly wanted: string;
  /** What the revision runs. */
  readonly actual: string | undefined;
}

/** What a revision says of a container; without version consistency only the image's name tells the digest. */
export interface RevisionImage {
  readonly containerName: string;
  readonly image?: string | null | undefined;
  readonly imageDigest?: string | null | undefined;
}

/** Images that do not run what was asked for. A revision may name an index or the child that it resolved to. */
export function wrongImages(
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  running: readonly RevisionImage[],
): readonly Proof[] {
  const wrong: Proof[] = [];
  for (const [container, accepted] of wanted) {
    const found = running.find((image) => image.containerName === container);
    const actual = found?.imageDigest ?? digestIn(found?.image);
    if (actual === undefined || !accepted.has(actual))
      wrong.push({ container, wanted: [...accepted][0] ?? '', actual });
  }
  return wrong;
}
