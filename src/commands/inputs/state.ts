import { input } from '../../base/declare/input.js';

/** Where the states of the stacks are, and how they are locked; shared by who makes that place and who uses it. */
export const statePlaceInputs = {
  'state-bucket': input.string(
    'Bucket of the states; when left out that of `TF_STATE_BUCKET`, else `lading-state-ACCOUNT-REGION`',
    { placeholder: 'BUCKET', key: 'infra.state-bucket' },
  ),
  'state-region': input.string('Region of that bucket, when it is another one', {
    placeholder: 'REGION',
    key: 'infra.state-region',
  }),
  lock: input.choice(
    'How the state is locked: by a file in the bucket, by a table, or by both while moving; `s3` when there is no table',
    ['s3', 'dynamodb', 'both'],
    { key: 'infra.lock' },
  ),
  'lock-table': input.string('Table of the lock; when left out that of `TF_LOCK_TABLE`, else `lading-state-lock`', {
    placeholder: 'TABLE',
    key: 'infra.lock-table',
  }),
  account: input.string('Account that it must be; any other is refused', { placeholder: 'ID', key: 'infra.account' }),
};
