import { expect, test } from 'vitest';
import { explainFailure } from './explain-failure.js';
import type { BuildFailure } from './progress/watcher.js';
import type { Dockerfile } from './source/read-dockerfile.js';
import { splitInstructions } from './source/read-dockerfile.js';

const TEXT = 'FROM node:22 AS build\nRUN npm ci\nCOPY . .\nFROM registry.example/base/web:1\n';
const dockerfile: Dockerfile = {
  path: '/app/Dockerfile',
  name: 'Dockerfile',
  text: TEXT,
  instructions: splitInstructions(TEXT),
  stages: [
    { line: 1, from: 'node:22', name: 'build' },
    { line: 4, from: 'registry.example/base/web:1', name: undefined },
  ],
};
const nothing: BuildFailure = {
  step: undefined,
  stage: undefined,
  exitCode: undefined,
  line: undefined,
  output: [],
  reason: '',
};
const explain = (failure: Partial<BuildFailure>, engine = 'docker 20.10') =>
  explainFailure({
    dockerfile,
    engine,
    platform: 'linux/arm64',
    failure: { ...nothing, ...failure },
    ended: { code: 1 },
  });

/** In the words of Docker 20.10, buildx 0.29, buildah 1.28 and the registries behind them. */
test.each<[string, Partial<BuildFailure>, string, RegExp, RegExp]>([
  [
    'a step',
    { step: 'RUN npm ci', exitCode: 1, output: ['', 'npm error ENOENT', ''], reason: 'x' },
    'tool BUILD_FAILED',
    /^\/app\/Dockerfile:2: RUN npm ci ended with exit code 1: npm error ENOENT$/,
    /stand above/,
  ],
  [
    'a step that printed nothing',
    { step: 'RUN npm ci', exitCode: 1, reason: 'executor failed running: exit code: 1' },
    'tool BUILD_FAILED',
    /:2: RUN npm ci ended with exit code 1: executor failed/,
    /stand above/,
  ],
  [
    'a program of another platform',
    { step: 'RUN npm ci', exitCode: 1, output: ['exec /bin/sh: exec format error'], reason: 'x' },
    'tool BUILD_FAILED',
    /exec format error/,
    /cannot run programs of linux\/arm64 here.*\$BUILDPLATFORM/,
  ],
  [
    'a file that is not there',
    { step: 'COPY . .', line: 9, reason: 'failed to compute cache key: "/gone" not found: not found' },
    'tool BUILD_FAILED',
    /Dockerfile:9: COPY \. \. failed: .*"\/gone" not found/,
    /\.dockerignore/,
  ],
  [
    'no network for its steps',
    { step: 'RUN npm ci', reason: 'executor failed running [/bin/sh]: network bridge not found' },
    'tool BUILD_FAILED',
    /network bridge not found/,
    /--build-network/,
  ],
  [
    'no room in a step',
    { step: 'RUN npm ci', exitCode: 1, output: ['write /x: no space left on device'], reason: 'x' },
    'tool DISK_FULL',
    /no room left/,
    /docker builder prune/,
  ],
  [
    'an image, of buildx',
    {
      line: 4,
      reason:
        'failed to solve: registry.example/base/web:1: failed to resolve source metadata for registry.example/base/web:1: pull access denied',
    },
    'remote BASE_UNAVAILABLE',
    /Dockerfile:4: docker 20\.10 cannot pull registry\.example\/base\/web:1: /,
    /docker login/,
  ],
  [
    'an image, of docker 20.10',
    {
      reason:
        'failed to solve with frontend dockerfile.v0: failed to create LLB definition: failed to do request: Head "http://registry.example/v2/base/web/manifests/1": connection refused',
    },
    'remote BASE_UNAVAILABLE',
    /Dockerfile:4: docker 20\.10 cannot pull registry\.example\/base\/web:1: /,
    /can be reached/,
  ],
  [
    'an image that nobody may pull, of docker 20.10',
    {
      reason:
        'failed to solve with frontend dockerfile.v0: failed to create LLB definition: pull access denied, repository does not exist or may require authorization',
    },
    'remote BASE_UNAVAILABLE',
    /Dockerfile:1: .* cannot pull node:22: /,
    /log in/,
  ],
  [
    'Docker Hub’s limit',
    {
      reason:
        'failed to solve: node:22: failed to resolve source metadata for docker.io/library/node:22: unexpected status: 429 Too Many Requests',
    },
    'remote BASE_UNAVAILABLE',
    /cannot pull docker\.io\/library\/node:22: /,
    /public\.ecr\.aws/,
  ],
  [
    'a short name, of buildah',
    {
      reason:
        'creating build container: short-name "node:22" did not resolve to an alias and no unqualified-search registries are defined',
    },
    'remote BASE_UNAVAILABLE',
    /Dockerfile:1: .* cannot pull node:22: /,
    /docker\.io\/library\/node:22/,
  ],
  [
    'a tag that is not there, of buildah',
    {
      reason:
        'creating build container: initializing source docker://registry.example/base/web:1: reading manifest 1 in registry.example/base/web: manifest unknown',
    },
    'remote BASE_UNAVAILABLE',
    /Dockerfile:4: .* cannot pull registry\.example\/base\/web:1: /,
    /name and tag/,
  ],
  [
    'a word that is none',
    { reason: 'failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)' },
    'input DOCKERFILE_INVALID',
    /^\/app\/Dockerfile:2: unknown instruction: RUNN/,
    /Correct/,
  ],
  [
    'an engine that is gone',
    { reason: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' },
    'tool ENGINE_UNREACHABLE',
    /does not answer/,
    /Start it/,
  ],
  [
    'a cache that the driver does not leave',
    { reason: 'Cache export is not supported for the docker driver.' },
    'tool ENGINE_TOO_OLD',
    /cannot leave its cache/,
    /buildx create/,
  ],
  [
    'anything else',
    { reason: 'failed to solve: something new' },
    'tool BUILD_FAILED',
    /docker 20\.10 ended with exit code 1 on \/app\/Dockerfile: failed to solve: something new/,
    /stand above/,
  ],
])('%s', (_name, failure, kind, message, hint) => {
  const error = explain(failure);
  expect(`${error.kind} ${error.code}`).toBe(kind);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
});

test('who is to log in is the engine that pulls', () => {
  const reason = 'creating build container: initializing source docker://registry.example/x:1: unauthorized';
  expect(explain({ reason }, 'podman 4.3.1').hint).toMatch(/`podman login`/);
});
