import * as v from 'valibot';
import type { Check } from '../check.js';
import { eachThing } from '../check.js';
import type { FilesScene, TextFile } from '../files.js';
import { placeIn } from '../files.js';
import type { FilePlace, Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { HclItem } from './hcl.js';
import { parseHcl } from './hcl.js';

/** Where states are, and who holds them. */
export interface StateScene {
  readonly now: number;
  readonly region: string;
  readonly account: string;
  readonly files: Pick<FilesScene, 'terraform' | 'backends'>;
  readonly reads: {
    bucket(name: string, region: string): Promise<'there' | 'missing' | 'foreign'>;
    /** Milliseconds since 1970. */
    lockFile(bucket: string, key: string, region: string): Promise<number | undefined>;
    lockItem(table: string, id: string, region: string): Promise<unknown>;
  };
}

export const stateChecks: readonly Check<StateScene>[] = [
  { id: 'terraform/bucket', title: 'The state of Terraform', run: states },
];

interface Backend {
  readonly at: FilePlace;
  readonly bucket: string;
  readonly key: string | undefined;
  readonly region: string | undefined;
  readonly table: string | undefined;
  readonly hasLockFile: boolean;
}

async function states(scene: StateScene): Promise<readonly Finding[]> {
  const backends = backendsIn(scene.files);
  return eachThing(
    backends,
    ({ bucket }) => ({ id: 'terraform/bucket', title: `the state in ${bucket}` }),
    (backend) => state(backend, scene),
  );
}

async function state(backend: Backend, { reads, region, account, now }: StateScene): Promise<readonly Finding[]> {
  const { at, bucket, key, table, hasLockFile } = backend;
  const place = backend.region ?? region;
  const found = await reads.bucket(bucket, place);
  if (found === 'missing')
    return [
      wrong('terraform/bucket', `the state bucket ${bucket} does not exist`, {
        at,
        fix: 'Make it by lading bootstrap.',
      }),
    ];
  if (found === 'foreign') {
    const fix = 'Take the bucket that lading bootstrap made in this account, or allow s3:ListBucket on it.';
    return [
      wrong('terraform/bucket', `the state bucket ${bucket} is not of account ${account}, or may not be listed`, {
        at,
        fix,
      }),
    ];
  }
  const name = `${bucket}/${key ?? ''}`;
  const there = ok('terraform/bucket', `the state bucket ${bucket} is there`);
  if (key === undefined) return [there];
  if (!hasLockFile && table === undefined) {
    const fix = 'Set use_lockfile = true: two runs at a time spoil the state.';
    return [ok('terraform/lock', `nothing locks the state ${name}`, { at, fix })];
  }
  const [file, item] = await Promise.all([
    hasLockFile ? reads.lockFile(bucket, key, place) : undefined,
    table === undefined ? undefined : reads.lockItem(table, name, place),
  ]);
  const held = holderOf(file, item);
  if (!held) return [there];
  return [lockFinding(name, held, { at, now })];
}

/** Longer than an apply takes. */
const LONG_MS = 3_600_000;

function lockFinding(name: string, { who, since }: Holder, { at, now }: { at: FilePlace; now: number }): Finding {
  const by = who === undefined ? '' : ` by ${who}`;
  const from = since === undefined ? '' : ` since ${new Date(since).toISOString()}`;
  const what = `the state ${name} is locked${by}${from}`;
  const fix = 'When nobody applies any more, free it: terraform force-unlock ID, which terraform plan tells.';
  const isOld = since !== undefined && now - since > LONG_MS;
  return isOld ? wrong('terraform/lock', what, { at, fix }) : ok('terraform/lock', what, { at, fix });
}

interface Holder {
  readonly who: string | undefined;
  readonly since: number | undefined;
}

const info = v.looseObject({ Who: v.optional(v.string()), Created: v.optional(v.string()) });

function holderOf(file: number | undefined, item: unknown): Holder | undefined {
  const told = v.safeParse(info, item);
  if (told.success && item !== undefined) {
    const since = Date.parse(told.output.Created ?? '');
    return { who: told.output.Who, since: Number.isNaN(since) ? file : since };
  }
  return file === undefined ? undefined : { who: undefined, since: file };
}

/** Those whose bucket is written out: in a file for `-backend-config`, or in the stack itself. */
function backendsIn({ terraform, backends }: StateScene['files']): readonly Backend[] {
  const found = [
    ...backends.map((file) => backendOf(file, parseHcl(file.text), 0)),
    ...terraform.flatMap((file) =>
      parseHcl(file.text).flatMap((item) =>
        item.is === 'block' && item.type === 'terraform'
          ? item.items.flatMap((one) =>
              one.is === 'block' && one.type === 'backend' && one.labels[0] === 's3'
                ? backendOf(file, one.items, one.start)
                : [],
            )
          : [],
      ),
    ),
  ].flatMap((backend) => backend ?? []);
  return [...new Map(found.map((backend) => [`${backend.bucket}/${backend.key ?? ''}`, backend])).values()];
}

function backendOf(file: TextFile, items: readonly HclItem[], start: number): Backend | undefined {
  const value = (name: string) => {
    const found = items.find((item) => item.is === 'attribute' && item.name === name);
    return found?.is === 'attribute' ? /^"([^"$%\\]*)"$/.exec(found.value)?.[1] : undefined;
  };
  const bucket = value('bucket');
  // Words in capitals, and examples, are for the reader to fill in.
  if (bucket === undefined || !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) return undefined;
  return {
    at: placeIn(file, start),
    bucket,
    key: value('key'),
    region: value('region'),
    table: value('dynamodb_table'),
    hasLockFile: items.some((item) => item.is === 'attribute' && item.name === 'use_lockfile' && item.value === 'true'),
  };
}
