import type * as Yaml from 'yaml';
import type { Document, Node, Pair, YAMLMap } from 'yaml';
import type { Job, Permissions, Spot, Step, Workflow } from './workflow.js';

/** A workflow as far as it can be read; what is no YAML is among its mistakes. */
export async function parseWorkflow(file: string, text: string): Promise<Workflow> {
  const yaml = await import('yaml');
  const lines = new yaml.LineCounter();
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const empty = { file, text, jobs: [], triggers: [], pushBranches: undefined, permissions: undefined, shell: undefined, place }; // prettier-ignore
  let document: Document.Parsed;
  try {
    // As GitHub: `on` is a name, and texts stay what they are.
    const options = { schema: 'failsafe', lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
    document = yaml.parseDocument(text, options);
  } catch (error) {
    // The parser goes as deep as the text does.
    if (error instanceof RangeError) return { ...empty, mistakes: [{ offset: 0, message: 'it is nested too deeply' }] };
    throw error;
  }
  const reader = new Reader(yaml, document, text);
  const root = reader.map(document.contents);
  const on = reader.at(root, 'on');
  return {
    ...empty,
    jobs: reader.entries(reader.at(root, 'jobs')).map(([name, value]) => reader.job(name, value)),
    triggers: reader.names(on),
    pushBranches: reader.pushBranches(on),
    permissions: reader.permissions(reader.at(root, 'permissions')),
    shell: reader.text(reader.at(reader.at(reader.at(root, 'defaults'), 'run'), 'shell')),
    mistakes: document.errors.map(({ pos, message }) => ({ offset: pos[0], message: message.trim() })),
  };
}

type Value = Node | null | undefined;

class Reader {
  constructor(
    private readonly yaml: typeof Yaml,
    private readonly document: Document.Parsed,
    private readonly source: string,
  ) {}

  job(name: string, value: Value): Job {
    const at = (key: string) => this.at(value, key);
    return {
      name,
      start: value?.range?.[0] ?? 0,
      runsOn: this.spots(at('runs-on')),
      needs: this.spots(at('needs')),
      environment: this.spot(at('environment')) ?? this.spot(this.at(at('environment'), 'name')),
      permissions: this.permissions(at('permissions')),
      inContainer: at('container') != null,
      calls: this.spot(at('uses')),
      outputs: this.texts(at('outputs')),
      steps: this.items(at('steps')).map((step) => this.step(step)),
      texts: this.all(value),
    };
  }

  private step(value: Value): Step {
    const given = this.at(value, 'with');
    return {
      start: value?.range?.[0] ?? 0,
      id: this.text(this.at(value, 'id')),
      uses: this.spot(this.at(value, 'uses')),
      run: this.spot(this.at(value, 'run')),
      shell: this.text(this.at(value, 'shell')),
      with: this.texts(given),
      withEnd: this.endOf(given),
      env: this.texts(this.at(value, 'env')),
    };
  }

  /** Behind the last entry of a map whose entries have a line each. */
  private endOf(value: Value): Step['withEnd'] {
    const map = this.map(value);
    const last = map?.items.at(-1) as Pair<Node, Node | null> | undefined;
    const first = map?.items[0]?.key as Node | undefined;
    if (!map || !last || !first?.range || map.flow) return undefined;
    const line = this.source.lastIndexOf('\n', first.range[0] - 1) + 1;
    const end = last.value?.range?.[1] ?? last.key.range?.[1] ?? 0;
    const newline = this.source.indexOf('\n', Math.max(0, end - 1));
    return { offset: newline < 0 ? this.source.length : newline + 1, indent: first.range[0] - line };
  }

  permissions(value: Value): Permissions {
    const all = this.text(value);
    if (all !== undefined && all !== '') return { all };
    const map = this.map(value);
    if (!map) return undefined;
    return { of: new Map([...this.texts(map)].map(([name, spot]) => [name, spot.text])) };
  }

  /** Keys of a map, items of a list, or one text. */
  names(value: Value): readonly string[] {
    const one = this.text(value);
    if (one !== undefined) return [one];
    return this.map(value) ? this.entries(value).map(([name]) => name) : this.spots(value).map(({ text }) => text);
  }

  pushBranches(on: Value): readonly string[] | undefined {
    const push = this.at(on, 'push');
    const branches = this.at(push, 'branches');
    return branches ? this.spots(branches).map(({ text }) => text) : undefined;
  }

  map(value: Value): YAMLMap | undefined {
    const node = this.resolved(value);
    return this.yaml.isMap(node) ? node : undefined;
  }

  at(value: Value, key: string): Value {
    return this.entries(value).find(([name]) => name === key)?.[1];
  }

  entries(value: Value): readonly (readonly [string, Value])[] {
    return (this.map(value)?.items ?? []).flatMap((pair) => {
      const { key, value: entry } = pair as Pair<Node, Node | null>;
      return this.yaml.isScalar(key) ? [[String(key.value ?? ''), entry] as const] : [];
    });
  }

  private items(value: Value): readonly Node[] {
    const node = this.resolved(value);
    return this.yaml.isSeq(node) ? (node.items as Node[]) : [];
  }

  text(value: Value): string | undefined {
    return this.spot(value)?.text;
  }

  private spot(value: Value): Spot | undefined {
    const node = this.resolved(value);
    if (!this.yaml.isScalar(node) || !node.range) return undefined;
    const [start, end] = node.range;
    return { text: String(node.value ?? ''), start, end, literal: node.type === 'BLOCK_LITERAL' };
  }

  /** Of a list, or one. */
  private spots(value: Value): readonly Spot[] {
    const one = this.spot(value);
    return one ? [one] : this.items(value).flatMap((item) => this.spot(item) ?? []);
  }

  private texts(value: Value): ReadonlyMap<string, Spot> {
    const found = this.entries(value).flatMap(([name, entry]) => {
      const spot = this.spot(entry);
      return spot ? [[name, spot] as const] : [];
    });
    return new Map(found);
  }

  private all(value: Value): readonly Spot[] {
    const found: Spot[] = [];
    if (!value) return found;
    this.yaml.visit(value, {
      Scalar: (_, node) => {
        const spot = this.spot(node);
        if (spot) found.push(spot);
      },
    });
    return found;
  }

  private resolved(value: Value): Node | undefined {
    if (!value) return undefined;
    return this.yaml.isAlias(value) ? value.resolve(this.document) : value;
  }
}
