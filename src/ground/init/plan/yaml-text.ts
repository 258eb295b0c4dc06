import type * as Yaml from 'yaml';

export interface YamlTextOptions {
  /** Stands above everything. */
  readonly head?: string | undefined;
  /** Comments above keys, by their path: `jobs.deploy`. */
  readonly comments?: Readonly<Record<string, string>> | undefined;
  /** A blank line above each key of the first level. */
  readonly spaced?: boolean | undefined;
}

/** Values as YAML that every reader takes for the same: quotes where a text could be something else, no folded lines. */
export function yamlText(yaml: typeof Yaml, value: object, options: YamlTextOptions = {}): string {
  const document = new yaml.Document(value, { aliasDuplicateObjects: false });
  for (const [path, comment] of Object.entries(options.comments ?? {})) {
    const key = keyAt(yaml, document, path.split('.'));
    if (key) key.commentBefore = commentOf(comment);
  }
  if (options.spaced && yaml.isMap(document.contents)) {
    for (const [at, { key }] of document.contents.items.entries())
      if (at > 0 && yaml.isScalar(key)) key.spaceBefore = true;
  }
  const text = document.toString({ lineWidth: 0, indentSeq: true });
  return options.head === undefined ? text : `${commentOf(options.head).replace(/^/gm, '#')}\n${text}`;
}

export function commentOf(text: string): string {
  return text
    .split('\n')
    .map((line) => ` ${line}`)
    .join('\n');
}

/** The node of the key itself: a comment above it is its own. */
function keyAt(yaml: typeof Yaml, document: Yaml.Document, path: readonly string[]): Yaml.Scalar | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!yaml.isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => yaml.isScalar(key) && String(key.value) === path.at(-1));
  return yaml.isScalar(pair?.key) ? pair.key : undefined;
}
