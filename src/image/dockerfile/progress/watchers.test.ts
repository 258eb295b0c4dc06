import { describe, expect, test } from 'vitest';
import { buildahWatcher } from './buildah.js';
import { buildkitWatcher } from './buildkit.js';
import type { Watcher } from './watcher.js';

function watch(watcher: Watcher, text: string) {
  const told = text.split('\n').flatMap((line) => watcher.push(line, 'stderr') ?? []);
  return { told, texts: told.map((one) => one.text), failure: watcher.failure() };
}

const BUILDX_28 = `#0 building with "default" instance using docker driver

#1 [internal] load build definition from F2
#1 transferring dockerfile: 132B done
#1 DONE 0.0s

#2 [internal] load metadata for docker.io/library/node:22
#2 DONE 0.1s

#4 [1/2] COPY busybox /bin/busybox
#4 CACHED

#5 [2/2] RUN ["/bin/busybox","sh","-c","exit 3"]
#5 0.165 two
#5 0.170 
#5 0.171 one
#5 ERROR: process "/bin/busybox sh -c exit 3" did not complete successfully: exit code: 3
------
 > [2/2] RUN ["/bin/busybox","sh","-c","exit 3"]:
0.165 two
0.165 one
------
F2:3
--------------------
   1 |     FROM scratch
   2 |     COPY busybox /bin/busybox
   3 | >>> RUN ["/bin/busybox","sh","-c","exit 3"]
   4 |     
--------------------
ERROR: failed to build: failed to solve: process "/bin/busybox sh -c exit 3" did not complete successfully: exit code: 3`;

describe('the lines of BuildKit', () => {
  test('of buildx 0.29 become steps, and the failure has its line', () => {
    const { told, texts, failure } = watch(buildkitWatcher(), BUILDX_28);
    expect(texts).toEqual([
      'load metadata for docker.io/library/node:22',
      '[1/2] COPY busybox /bin/busybox',
      '[1/2] cached',
      '[2/2] RUN ["/bin/busybox","sh","-c","exit 3"]',
      'two',
      '',
      'one',
    ]);
    expect(told.flatMap(({ progress }) => progress ?? [])).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
    expect(failure).toEqual({
      step: 'RUN ["/bin/busybox","sh","-c","exit 3"]',
      stage: undefined,
      exitCode: 3,
      line: 3,
      output: ['two', '', 'one'],
      reason: 'failed to solve: process "/bin/busybox sh -c exit 3" did not complete successfully: exit code: 3',
    });
  });

  test('of Docker 20.10 know no line', () => {
    const { failure } = watch(
      buildkitWatcher(),
      `#5 [build 2/2] RUN npm ci
#5 sha256:26eeb08ce60bb7ba25d16cd5f9e82249b0ddf85246d16be4dd74d380b1c9d136
#5 0.080 one
#6 [stage-1 1/1] COPY a b
#6 ERROR: context canceled
#5 ERROR: executor failed running [/bin/sh -c npm ci]: exit code: 3
------
 > [build 2/2] RUN npm ci:
------
executor failed running [/bin/sh -c npm ci]: exit code: 3`,
    );
    expect(failure).toMatchObject({
      step: 'RUN npm ci',
      stage: 'build',
      exitCode: 3,
      line: undefined,
      output: ['one'],
    });
  });

  test('of steps side by side are told by the step that failed, and not by those that were cancelled', () => {
    const { failure } = watch(
      buildkitWatcher(),
      `#5 [a 1/1] RUN a
#6 [b 1/1] RUN b
#5 0.1 of a
#6 0.2 of b
#6 ERROR: process "b" did not complete successfully: exit code: 2
#5 CANCELED
#5 ERROR: process "a" did not complete successfully: context canceled: context canceled`,
    );
    expect(failure).toMatchObject({ step: 'RUN b', output: ['of b'], exitCode: 2 });
  });

  test('that a step prints do not pass for the engine’s own', () => {
    const { failure } = watch(
      buildkitWatcher(),
      `#5 [1/1] RUN x
#5 0.1 ERROR: failed to solve: nothing
#5 0.2 #6 [1/1] RUN y
#5 ERROR: process "x" did not complete successfully: exit code: 9`,
    );
    expect(failure).toMatchObject({ step: 'RUN x', exitCode: 9 });
    expect(failure.output).toEqual(['ERROR: failed to solve: nothing', '#6 [1/1] RUN y']);
  });

  test('that say nothing still make a reason', () => {
    expect(buildkitWatcher().failure()).toMatchObject({ step: undefined, reason: 'it printed nothing' });
  });
});

describe('the lines of buildah', () => {
  test('become steps with what they print', () => {
    const { told, texts, failure } = watch(
      buildahWatcher(),
      `[1/2] STEP 1/2: FROM scratch AS base
[1/2] STEP 2/2: COPY busybox /bin/busybox
--> Using cache 18d89f9cdfe8e4f39d8203722a57be172fe7b2254e7ef95370663e31e2f86ef5
--> 18d89f9cdfe
[2/2] STEP 1/2: FROM 3d154f05658a
[2/2] STEP 2/2: RUN ["sh","-c","exit 3"]
one
two
subprocess exited with status 3
subprocess exited with status 3
Error: building at STEP "RUN sh -c exit 3": exit status 3`,
    );
    expect(texts).toEqual([
      '[1/2] STEP 1/2: FROM scratch AS base',
      '[1/2] STEP 2/2: COPY busybox /bin/busybox',
      '[1/2] STEP 2/2 cached',
      '[2/2] STEP 1/2: FROM 3d154f05658a',
      '[2/2] STEP 2/2: RUN ["sh","-c","exit 3"]',
      'one',
      'two',
    ]);
    expect(told.flatMap(({ progress }) => progress ?? []).at(-1)).toEqual({ done: 4, total: 4 });
    expect(failure).toEqual({
      step: 'RUN ["sh","-c","exit 3"]',
      stage: undefined,
      exitCode: 3,
      line: undefined,
      output: ['one', 'two'],
      reason: 'building at STEP "RUN sh -c exit 3": exit status 3',
    });
  });

  test('of an image that cannot be pulled blame no step', () => {
    const { failure } = watch(
      buildahWatcher(),
      `STEP 1/2: FROM 127.0.0.1:1/x/y:1
Trying to pull 127.0.0.1:1/x/y:1...
Error: creating build container: initializing source docker://127.0.0.1:1/x/y:1: pinging container registry`,
    );
    expect(failure).toMatchObject({ step: undefined, exitCode: undefined });
    expect(failure.reason).toMatch(/^creating build container/);
  });
});
