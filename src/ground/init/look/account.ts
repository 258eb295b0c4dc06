import { openAws } from '../../../aws/session.js';
import type { Context } from '../../../base/context.js';
import { LadingError, messageOf } from '../../../base/errors.js';
import { parseShape } from '../../../base/json.js';
import { say } from '../../../base/tell/report.js';
import * as v from 'valibot';

/** What the AWS account of this terminal runs. */
export interface Account {
  /** 12 digits. */
  readonly id: string;
  readonly region: string;
  readonly services: readonly PlacedService[];
}

export interface PlacedService {
  readonly cluster: string;
  readonly service: string;
}

/** Who has more than that names the service. */
const MOST_CLUSTERS = 20;
const LONGEST_MS = 10_000;

const identity = v.looseObject({ Account: v.string() });
const clusters = v.looseObject({ clusterArns: v.optional(v.array(v.string()), []) });
const services = v.looseObject({ serviceArns: v.optional(v.array(v.string()), []) });

/**
 * Account, region and services, when credentials are at hand; else undefined: nothing here is needed. The metadata of an
 * instance is not waited for.
 */
export async function readAccount(context: Context, region: string | undefined): Promise<Account | undefined> {
  const env = { ...context.env, AWS_EC2_METADATA_DISABLED: 'true' };
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(LONGEST_MS)]);
  try {
    const session = await openAws({ ...context, env, signal }, { region });
    const once = { tries: 1 };
    const id = parseShape(identity, await session.api('sts').call('GetCallerIdentity', {}, once), 'identity').Account;
    const ecs = session.api('ecs');
    const { clusterArns } = parseShape(clusters, await ecs.call('ListClusters', {}, once), 'clusters');
    const found = await Promise.all(
      clusterArns.slice(0, MOST_CLUSTERS).map(async (cluster) => {
        const answer = await ecs.call('ListServices', { cluster, maxResults: 100 }, once);
        return parseShape(services, answer, 'services').serviceArns.map((arn) => ({
          cluster: nameOf(cluster),
          service: nameOf(arn),
        }));
      }),
    );
    return { id, region: session.region, services: found.flat() };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof LadingError)) throw error;
    say(context.report, 'debug', `AWS was not looked at: ${messageOf(error)}`);
    return undefined;
  }
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
