import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { GitHubExchange } from '../../src/sandbox/github/server.js';

interface Described {
  readonly operationId?: string;
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

/** One operation of GitHub's API, with what stands in its path, decoded. */
export interface Operation {
  readonly id: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What is wrong with a body of a request; nothing when it fits. */
  problemsOfBody(body: unknown): readonly string[];
  /** What is wrong with an answer of this status. */
  problemsOfAnswer(status: number, body: unknown): readonly string[];
}

export interface Description {
  find(method: string, path: string): Operation | undefined;
  /** What GitHub's schema of this name demands beside what is given, with made-up values. */
  complete(schema: string, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

const file = new URL('../fixtures/github-openapi.json', import.meta.url);

/** GitHub's own description of its API, cut down to what is of use here. */
export function openDescription(): Description {
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, Described>>;
    components: { schemas: Record<string, Schema>; responses: Record<string, { content?: Content }> };
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'github', components: rebased(components, '') });
  const checks = new Map<Schema, ValidateFunction>();
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, described]) => described.operationId !== undefined)
      .map(([method, described]) => ({
        method: method.toUpperCase(),
        names: [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name),
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
        described,
      })),
  );
  // `public-key` is no name of a secret.
  operations.sort((a, b) => a.names.length - b.names.length);

  function problems(schema: Schema, value: unknown): readonly string[] {
    const check = checks.get(schema) ?? ajv.compile(rebased(schema) as object);
    checks.set(schema, check);
    if (check(value)) return [];
    return (check.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message}`);
  }

  function problemsOfBody({ requestBody }: Described, body: unknown): readonly string[] {
    const schema = requestBody?.content?.['application/json']?.schema;
    if (!schema) return body === undefined ? [] : ['a body was sent, none is described'];
    if (body === undefined) return requestBody?.required ? ['no body'] : [];
    return problems(schema, body);
  }

  function problemsOfAnswer({ responses }: Described, status: number, body: unknown): readonly string[] {
    const response = responses[String(status)];
    // The description lists few of the refusals that GitHub gives.
    if (!response)
      return status >= 400 || status === 301 || status === 307 ? [] : [`status ${status} is not described`];
    const schema = response.content?.['application/json']?.schema;
    return schema && body !== undefined ? problems(schema, body) : [];
  }

  function example(schema: Schema): unknown {
    if (schema.$ref) return example(components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
    if (schema.nullable) return null;
    const [choice] = schema.anyOf ?? schema.oneOf ?? [];
    if (choice) return example(choice);
    if (schema.enum) return schema.enum[0];
    if (schema.type === 'object' || schema.properties || schema.allOf) return fill(schema, {});
    if (schema.type === 'array') return [];
    if (schema.type === 'integer' || schema.type === 'number') return 0;
    if (schema.type === 'boolean') return false;
    return schema.format === 'date-time'
      ? '2026-01-01T00:00:00Z'
      : schema.format === 'uri'
        ? 'https://github.test/'
        : '';
  }

  function fill(schema: Schema, given: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const parts = (schema.allOf ?? []).map((part) => resolved(part));
    const properties = Object.assign(
      {},
      ...parts.map((part) => part.properties),
      schema.properties,
    ) as Schema['properties'];
    const required = [...parts.flatMap((part) => part.required ?? []), ...(schema.required ?? [])];
    const missing = required.filter((name) => !(name in given));
    return { ...Object.fromEntries(missing.map((name) => [name, example(properties?.[name] ?? {})])), ...given };
  }

  function resolved(schema: Schema): Schema {
    return schema.$ref ? (components.schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;
  }

  return {
    find(method, path) {
      for (const { method: own, pattern, names, described } of operations) {
        const match = own === method ? pattern.exec(path) : null;
        if (!match) continue;
        const values = names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')] as const);
        return {
          id: described.operationId ?? '',
          parameters: Object.fromEntries(values),
          problemsOfBody: (body) => problemsOfBody(described, body),
          problemsOfAnswer: (status, body) => problemsOfAnswer(described, status, body),
        };
      }
      return undefined;
    },
    complete: (schema, given) => fill(components.schemas[schema] ?? {}, given),
  };
}

/**
 * Says what is wrong with a request by GitHub's own description of its API. Paths that GitHub answers and does not
 * describe, as `/repositories/{id}` behind a redirect, are checked under the name that they stand for.
 */
export function createDescriptionCheck(): (exchange: GitHubExchange) => readonly string[] {
  const description = openDescription();
  return ({ method, path, body }) => {
    const operation = description.find(method, path.replace(/^\/repositories\/\d+/, '/repos/owner/name'));
    const label = `${method} ${path}`;
    if (!operation) return [`${label}: no such operation`];
    return operation.problemsOfBody(body).map((problem) => `${label}: ${problem}`);
  };
}

/** References start at the description's root, which is a schema of its own to ajv; it wants a type beside `nullable`. */
function rebased(node: unknown, root = 'github'): unknown {
  if (Array.isArray(node)) return node.map((item) => rebased(item, root));
  if (node === null || typeof node !== 'object') return node;
  if ('nullable' in node && !('type' in node)) {
    const { nullable: _, ...rest } = node;
    return { anyOf: [{ type: 'null' }, rebased(rest, root)] };
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? `${root}${value}` : rebased(value, root),
    ]),
  );
}
