import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import type { GitHubExchange } from '../../src/sandbox/github/server.js';

interface Operation {
  readonly operationId?: string;
  readonly requestBody?: { readonly required?: boolean; readonly content?: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: object }>>;

interface Described {
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  readonly operation: Operation;
  check?: ValidateFunction | undefined;
}

const file = new URL('../fixtures/github-openapi.json', import.meta.url);

/**
 * Says what is wrong with a request by GitHub's own description of its API. Paths that GitHub answers and does not
 * describe, as `/repositories/{id}` behind a redirect, are checked under the name that they stand for.
 */
export function createDescriptionCheck(): (exchange: GitHubExchange) => readonly string[] {
  const description = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
    components: object;
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'github', components: description.components });
  const described: Described[] = Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => operation.operationId !== undefined)
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
        parameters: path.split('{').length - 1,
        operation,
      })),
  );
  // `public-key` is no name of a secret.
  described.sort((a, b) => a.parameters - b.parameters);

  return ({ method, path, body }) => {
    const known = path.replace(/^\/repositories\/\d+/, '/repos/owner/name');
    const found = described.find((entry) => entry.method === method && entry.pattern.test(known));
    const label = `${method} ${path}`;
    if (!found) return [`${label}: no such operation`];
    const { requestBody } = found.operation;
    const schema = requestBody?.content?.['application/json']?.schema;
    if (!schema) return body === undefined ? [] : [`${label}: a body was sent, none is described`];
    if (body === undefined) return requestBody?.required ? [`${label}: no body`] : [];
    found.check ??= ajv.compile(rebased(schema) as object);
    if (found.check(body)) return [];
    return (found.check.errors ?? []).map((error) => `${label}: ${error.instancePath || '/'} ${error.message}`);
  };
}

/** References start at the description's root, which is a schema of its own to ajv. */
function rebased(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(rebased);
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? `github${value}` : rebased(value),
    ]),
  );
}
