// Cuts GitHub's OpenAPI description down to what `lading rotate` calls, for test/fixtures/github-openapi.json.
// The source package is 384 MB unpacked, so it is no dependency; fetch it only to renew the fixture:
//   npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-*.tgz package/generated/api.github.com.json
//   node scripts/trim-github-openapi.mjs package/generated/api.github.com.json test/fixtures/github-openapi.json 23.0.2
import { readFileSync, statSync, writeFileSync } from 'node:fs';

const [source, target, version] = process.argv.slice(2);
if (!source || !target || !version) {
  console.error('usage: node scripts/trim-github-openapi.mjs <api.github.com.json> <out.json> <version>');
  process.exit(2);
}
const spec = JSON.parse(readFileSync(source, 'utf8'));

const application = '(actions|dependabot|codespaces|agents)';
const kept = [
  '^/repos/{owner}/{repo}$',
  `^/repos/{owner}/{repo}/${application}/(secrets|variables)(/.*)?$`,
  '^/repos/{owner}/{repo}/environments/{environment_name}(/(secrets|variables)(/.*)?)?$',
  '^/repos/{owner}/{repo}/environments$',
  '^/repos/{owner}/{repo}/installation$',
  '^/repos/{owner}/{repo}/actions/workflows/{workflow_id}(/runs)?$',
  `^/orgs/{org}/${application}/(secrets|variables)(/.*)?$`,
  '^/orgs/{org}/(repos|installation)$',
  '^/users/{username}/installation$',
  '^/user/repos$',
  '^/app/installations/{installation_id}/access_tokens$',
  '^/installation/(repositories|token)$',
].map((text) => new RegExp(text.replace(/[{}]/g, '\\$&')));

// Prose is most of the file; what is left says what a request and an answer may look like.
const prose = new Set(['description', 'summary', 'examples', 'example', 'externalDocs', 'tags', 'title']);

/** Drops prose from objects of the description, but never a schema's property that happens to have such a name. */
function strip(node, inNames = false) {
  if (Array.isArray(node)) return node.map((item) => strip(item));
  if (node === null || typeof node !== 'object') return node;
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => inNames || !(prose.has(key) || (key.startsWith('x-') && key !== 'x-github')))
      .map(([key, value]) => [key, strip(value, !inNames && (key === 'properties' || key === 'schemas'))]),
  );
}

const paths = Object.fromEntries(
  Object.entries(spec.paths).filter(([path]) => kept.some((pattern) => pattern.test(path))),
);
const components = {};
const seen = new Set();

/** Follows every reference, so that the trimmed file is closed. */
function collect(node) {
  if (node === null || typeof node !== 'object') return;
  if (typeof node.$ref === 'string' && !seen.has(node.$ref)) {
    seen.add(node.$ref);
    const keys = node.$ref
      .slice(2)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = keys.reduce((value, key) => value[key], spec);
    if (keys[1] !== 'examples') {
      (components[keys[1]] ??= {})[keys[2]] = strip(found);
      collect(strip(found));
    }
  }
  for (const value of Object.values(node)) collect(value);
}
const stripped = strip(paths, true);
collect(stripped);

const out = {
  origin: `@octokit/openapi ${version}, generated/api.github.com.json, MIT`,
  openapi: spec.openapi,
  paths: stripped,
  components,
};
writeFileSync(target, `${JSON.stringify(out)}\n`);
console.log(`${Object.keys(paths).length} paths, ${seen.size} references, ${statSync(target).size} bytes`);
