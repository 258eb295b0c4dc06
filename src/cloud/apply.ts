import type { AwsSession } from '../aws/api.js';
import { isAwsFailure } from '../aws/failure.js';
import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { withTask } from '../base/tell/report.js';
import type { CloudCall } from './call.js';
import { sendCall } from './call.js';
import type { PlanItem } from './item.js';

type ApplyContext = Pick<Context, 'clock' | 'report' | 'signal'>;

/** IAM tells its parts of each other's doings within seconds, as a rule. */
const PROPAGATION_MS = 60_000;
const LOOK_MS = 2000;

const words = { create: 'Make', update: 'Change', delete: 'Take away' } as const;

/** Makes the plan true, one call after the other. What was done before a failure stays, and a second run goes on from it. */
export async function applyItems(aws: AwsSession, items: readonly PlanItem[], context: ApplyContext): Promise<void> {
  for (const { kind, name, action, calls } of items) {
    if (action === 'unchanged' || action === 'keep') continue;
    await withTask(context, `${words[action]} ${kind} ${name}`, async () => {
      for (const call of calls) {
        await sendUntilKnown(aws, call, context);
        if (call.service === 'dynamodb') await untilActive(aws, call, context);
      }
    });
  }
}

/** A trust may name a provider that another part of IAM has not heard of yet. */
async function sendUntilKnown(aws: AwsSession, call: CloudCall, context: ApplyContext): Promise<void> {
  const { clock, signal } = context;
  const end = clock.now() + PROPAGATION_MS;
  for (;;) {
    try {
      await sendCall(aws, call);
      return;
    } catch (error) {
      if (!isUnheard(error) || clock.now() >= end) throw error;
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

function isUnheard(error: unknown): boolean {
  return (
    isAwsFailure(error, 'refused') &&
    error.type === 'MalformedPolicyDocument' &&
    /invalid principal/i.test(error.message)
  );
}

/** A table refuses the next change until it is done with the last one. */
async function untilActive(
  aws: AwsSession,
  call: CloudCall & { readonly service: 'dynamodb' },
  { clock, signal }: ApplyContext,
): Promise<void> {
  const { TableName } = call.input as { readonly TableName?: string };
  if (TableName === undefined || call.operation === 'DeleteTable') return;
  const end = clock.now() + 3 * PROPAGATION_MS;
  const dynamodb = aws.api('dynamodb', { region: call.region });
  for (;;) {
    const { Table } = (await dynamodb.call('DescribeTable', { TableName })) as { Table?: { TableStatus?: string } };
    if (Table?.TableStatus === 'ACTIVE') return;
    if (clock.now() >= end) {
      throw new LadingError('timeout', `the table ${TableName} is still ${Table?.TableStatus ?? 'not there'}`, {
        code: 'TABLE_NOT_ACTIVE',
        hint: 'Run it again in a minute: it goes on from here.',
      });
    }
    await clock.sleep(LOOK_MS, signal);
  }
}
