import * as v from 'valibot';
import { pageOf } from '../page.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import type { LogGroup, LogState } from './state.js';
import { invalid, limitOf, read, shapes } from './state.js';

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const RETENTIONS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;
const MOST_GROUPS = 50;

const named = v.object({ logGroupName: shapes.group });
const groupClass = v.optional(v.picklist(['STANDARD', 'INFREQUENT_ACCESS', 'DELIVERY']));

const creation = v.object({
  logGroupName: shapes.group,
  kmsKeyId: v.optional(v.pipe(v.string(), v.maxLength(256))),
  tags: v.optional(v.record(v.string(), v.string())),
  logGroupClass: groupClass,
  deletionProtectionEnabled: v.optional(v.boolean()),
});

const listing = v.object({
  logGroupNamePrefix: v.optional(shapes.group),
  logGroupNamePattern: v.optional(v.pipe(v.string(), v.maxLength(512), v.regex(/^[.\-_/#A-Za-z0-9]*$/))),
  logGroupClass: groupClass,
  logGroupIdentifiers: v.optional(v.pipe(v.array(shapes.identifier), v.minLength(1), v.maxLength(50))),
  nextToken: shapes.token,
  limit: limitOf(MOST_GROUPS),
});

/** Log groups: made, listed, kept for a time, deleted. */
export function groupOperations(state: LogState): Record<string, Operation> {
  const { setting, groups } = state;

  const render = (group: LogGroup) => ({
    logGroupName: group.name,
    arn: `${state.arnOf(group)}:*`,
    logGroupArn: state.arnOf(group),
    creationTime: group.createdAt,
    metricFilterCount: 0,
    storedBytes: storedBytes(group),
    logGroupClass: group.logGroupClass,
    ...(group.retention !== undefined && { retentionInDays: group.retention }),
    ...(group.kmsKeyId !== undefined && { kmsKeyId: group.kmsKeyId }),
    ...(group.isProtected && { deletionProtectionEnabled: true }),
  });

  function storedBytes(group: LogGroup): number {
    const events = [...group.streams.values()].flatMap((stream) => state.eventsOf(group, stream));
    return events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + 26, 0);
  }

  return {
    CreateLogGroup(input) {
      const { logGroupName, tags = {}, deletionProtectionEnabled = false, ...asked } = read(creation, input);
      if (/^aws\//.test(logGroupName)) throw invalid('Log groups starting with AWS/ are reserved for AWS.');
      if (groups.has(logGroupName))
        throw new AwsFault('ResourceAlreadyExistsException', 'The specified log group already exists');
      state.openGroup(logGroupName, {
        kmsKeyId: asked.kmsKeyId,
        logGroupClass: asked.logGroupClass ?? 'STANDARD',
        tags: new Map(Object.entries(tags)),
        isProtected: deletionProtectionEnabled,
      });
      return {};
    },
    DeleteLogGroup(input) {
      const group = state.requireGroup(read(named, input).logGroupName);
      if (group.isProtected)
        throw new AwsFault('ValidationException', 'The log group has deletion protection: disable it before deletion.');
      groups.delete(group.name);
      return {};
    },
    PutLogGroupDeletionProtection(input) {
      const asked = read(
        v.object({ logGroupIdentifier: shapes.identifier, deletionProtectionEnabled: v.boolean() }),
        input,
      );
      state.chooseGroup(asked).isProtected = asked.deletionProtectionEnabled;
      return {};
    },
    PutRetentionPolicy(input) {
      const retentionInDays = v.picklist(RETENTIONS);
      const asked = read(v.object({ logGroupName: shapes.group, retentionInDays }), input);
      state.requireGroup(asked.logGroupName).retention = asked.retentionInDays;
      return {};
    },
    DeleteRetentionPolicy(input) {
      state.requireGroup(read(named, input).logGroupName).retention = undefined;
      return {};
    },
    DescribeLogGroups(input) {
      const asked = read(listing, input);
      const { logGroupNamePrefix: prefix, logGroupNamePattern: pattern, logGroupIdentifiers: identifiers } = asked;
      if (prefix !== undefined && pattern !== undefined)
        throw invalid('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.');
      const known = identifiers?.map((text) => text.replace(/:\*$/, ''));
      const found = [...groups.values()]
        .filter(({ name }) => name.startsWith(prefix ?? '') && name.includes(pattern ?? ''))
        .filter((group) => asked.logGroupClass === undefined || group.logGroupClass === asked.logGroupClass)
        .filter((group) => !known || known.includes(group.name) || known.includes(state.arnOf(group)))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, more } = pageOf(found, {
        token: asked.nextToken,
        size: asked.limit ?? MOST_GROUPS,
        pageSize: setting.pageSize,
        invalid: () => invalid('The specified nextToken is invalid.'),
      });
      return { logGroups: items.map(render), ...more };
    },
  };
}
