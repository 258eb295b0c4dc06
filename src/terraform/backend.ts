/** How a state is kept from two runs at a time. */
export type Lock = 's3' | 'dynamodb' | 'both';

/** Where the state of one stack is. */
export interface Backend {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  readonly lock: Lock;
  /** Needed with `dynamodb` and `both`. */
  readonly table?: string | undefined;
  /** The bucket is a part of the path: so with whatever is not AWS's own S3. */
  readonly pathStyle: boolean;
}

/**
 * The file for `terraform init -backend-config`. It must not end with `.tf`: Terraform would take it for a part of the
 * stack. https://developer.hashicorp.com/terraform/language/backend/s3
 */
export function formatBackend({ bucket, key, region, lock, table, pathStyle }: Backend): string {
  const rows: (readonly [string, string])[] = [
    ['bucket', quote(bucket)],
    ['key', quote(key)],
    ['region', quote(region)],
    ['encrypt', 'true'],
  ];
  if (lock !== 'dynamodb') rows.push(['use_lockfile', 'true']);
  if (lock !== 's3' && table !== undefined) rows.push(['dynamodb_table', quote(table)]);
  if (pathStyle) rows.push(['use_path_style', 'true']);
  const width = Math.max(...rows.map(([name]) => name.length));
  return ['# Written by lading infra.', ...rows.map(([name, value]) => `${name.padEnd(width)} = ${value}`), ''].join(
    '\n',
  );
}

/** A string of HCL: JSON's, whose `${` and `%{` are no templates. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
}
