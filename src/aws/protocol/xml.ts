import { parseXML, XmlNode, XmlText } from '@aws-sdk/xml-builder';
import * as v from 'valibot';
import type { Wire, WireAnswer, WireError } from './wire.js';

type Element = Readonly<Record<string, unknown>>;

/** The root element's name and what is in it. Throws when the text is no XML. */
export function readXml(text: string, listName?: string): { readonly root: string; readonly value: unknown } {
  const [entry] = Object.entries(parseXML(text) as Element);
  return { root: entry?.[0] ?? '', value: plain(entry?.[1], listName) };
}

/**
 * Texts, arrays and objects: an element that holds nothing but `<member>` (of queries) or `<item>` (of EC2) is an
 * array. One without content is an empty text, whatever it stands for: shapes read it with `listOf`.
 */
function plain(value: unknown, listName: string | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, listName));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !/^(xmlns(:|$)|xsi:|#text$)/.test(name));
  const [first] = entries;
  if (first === undefined) return '#text' in value ? String(value['#text']) : '';
  if (listName !== undefined && entries.length === 1 && first[0] === listName) {
    const items: readonly unknown[] = Array.isArray(first[1]) ? first[1] : [first[1]];
    return items.map((item) => plain(item, listName));
  }
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item, listName)]));
}

/** A list as XML has it: of none (an empty element or none at all), of one, of many. */
export function listOf<Schema extends v.GenericSchema>(schema: Schema) {
  const items = v.pipe(
    v.unknown(),
    v.transform((value): readonly unknown[] => {
      if (value === null || value === '') return [];
      return Array.isArray(value) ? value : [value];
    }),
    v.array(schema),
  );
  return v.optional(items, []);
}

/** `true` and `false` of XML, and those of JSON. */
export const booleanText: v.GenericSchema<unknown, boolean> = v.pipe(
  v.union([v.boolean(), v.picklist(['true', 'false'])]),
  v.transform((value) => value === true || value === 'true'),
);

/** A number of XML, and one of JSON. */
export const numberText: v.GenericSchema<unknown, number> = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^-?\d+(\.\d+)?$/))]),
  v.transform(Number),
);

/** A document from a plain value: arrays repeat their element, undefined is left out. */
export function writeXml(root: string, value: unknown, namespace?: string): string {
  const node = new XmlNode(root);
  if (namespace !== undefined) node.addAttribute('xmlns', namespace);
  fill(node, value);
  return node.toString();
}

function fill(node: XmlNode, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    node.addChildNode(new XmlText(String(value)));
    return;
  }
  for (const [name, entry] of Object.entries(value)) {
    for (const item of Array.isArray(entry) ? (entry as readonly unknown[]) : [entry]) {
      if (item === undefined) continue;
      const child = new XmlNode(name);
      fill(child, item);
      node.addChildNode(child);
    }
  }
}

/** Errors of every XML protocol: `<ErrorResponse><Error>`, `<Response><Errors><Error>`, `<Error>`. */
export function errorInXml(answer: WireAnswer): WireError | undefined {
  const requestId = answer.headers['x-amzn-requestid'] ?? answer.headers['x-amz-request-id'];
  if (answer.text === '') return { type: undefined, message: undefined, requestId };
  try {
    const { root, value } = readXml(answer.text);
    const error = root === 'Error' ? value : at(at(value, 'Errors') ?? value, 'Error');
    const type = textAt(error, 'Code');
    if (type === undefined) return undefined;
    const inside = textAt(value, 'RequestId') ?? textAt(value, 'RequestID');
    return { type, message: textAt(error, 'Message'), requestId: requestId ?? inside };
  } catch {
    return undefined;
  }
}

function at(value: unknown, name: string): unknown {
  const found = typeof value === 'object' && value !== null ? (value as Element)[name] : undefined;
  return Array.isArray(found) ? found[0] : found;
}

function textAt(value: unknown, name: string): string | undefined {
  const found = at(value, name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** REST with XML: S3. */
export const xmlWire: Wire = {
  result: ({ text }) => (text === '' ? undefined : readXml(text).value),
  error: errorInXml,
  // https://repost.aws/knowledge-center/s3-resolve-200-internalerror
  isError: ({ text }) => /^\s*(<\?xml[^>]*\?>\s*)?<Error[\s>]/.test(text),
};
