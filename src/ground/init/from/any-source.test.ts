import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { folderOf, initIn, put, readBack, released } from '../../../../test/support/init-folder.js';
import { LadingError } from '../../../base/errors.js';

const actions = ['actions/checkout@v4', 'aws-actions/configure-aws-credentials@v4', 'aws-actions/amazon-ecr-login@v2', 'docker/build-push-action@v6', 'aws-actions/amazon-ecs-render-task-definition@v1', 'aws-actions/amazon-ecs-deploy-task-definition@v2', 'x/y@z']; // prettier-ignore
const inputs = ['role-to-assume', 'aws-region', 'tags', 'context', 'file', 'build-args', 'secrets', 'platforms', 'container-name', 'image', 'task-definition', 'environment-variables', 'cluster', 'service', 'wait-for-minutes', 'desired-count', 'ecr-repository', 'ecs-service', 'ecr-registry']; // prettier-ignore
const text = fc.oneof(
  fc.string(),
  fc.constantFrom('no', '1e3', '${{ github.sha }}', '${{ env.A }}', '${{ steps.a.outputs.registry }}', '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:v1', 'a\nb\n', 'eu-west-1', '../..', "it's", 'A=1', '30', 'true'), // prettier-ignore
);
const script = fc
  .array(
    fc.oneof(
      text,
      fc.constantFrom('docker build -t $A/b:$C --build-arg "X=1" .', 'docker push a.dkr.ecr.x/y', 'aws ecs update-service --cluster a --service b', 'X=$(date)', 'if [ x ]; then', 'echo "image=$A" >> $GITHUB_OUTPUT', 'docker build \\', "echo 'unclosed"), // prettier-ignore
    ),
  )
  .map((lines) => lines.join('\n'));
const odd = fc.oneof({ weight: 4, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue() });
const step = fc.record(
  {
    id: fc.constantFrom('a', 'b'),
    uses: fc.constantFrom(...actions),
    run: script,
    with: fc.oneof(fc.dictionary(fc.constantFrom(...inputs), odd), fc.jsonValue()),
    env: fc.dictionary(fc.constantFrom('A', 'C'), odd),
    if: text,
    'working-directory': text,
  },
  { requiredKeys: [] },
);
const workflow = fc.record(
  {
    on: fc.oneof(fc.constantFrom('push', ['push', 'x']), fc.jsonValue()),
    env: fc.dictionary(fc.constantFrom('A', 'C'), odd),
    jobs: fc.dictionary(fc.constantFrom('a', 'b'), fc.record({ 'runs-on': odd, environment: odd, steps: fc.array(fc.oneof(step, step, fc.jsonValue())) }, { requiredKeys: ['steps'] })), // prettier-ignore
  },
  { requiredKeys: ['jobs'] },
);
const others = fc.record(
  { name: odd, type: fc.constantFrom('Backend Service', 'x'), cluster: odd, service: odd, region: odd, timeout: odd, task_definition: fc.constantFrom('t.json', 'w.yml', '../x', 'a'), image: fc.jsonValue(), platform: odd }, // prettier-ignore
  { requiredKeys: [] },
);

test('any workflow and any configuration is carried over or refused; what is written is read back, and nothing is a bug', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(workflow, workflow, others), async (source) => {
      const folder = folderOf({
        'package.json': { main: 'x' },
        't.json': '{"containerDefinitions":[{"name":"a","image":5}]}',
      });
      try {
        put(folder, { 'w.yml': stringify(source) });
        await initIn(folder, { yes: true, from: 'w.yml', action: released });
        await readBack(folder);
      } catch (error) {
        expect(error).toBeInstanceOf(LadingError);
        expect((error as LadingError).exitCode).toBe(2);
        // What was written has no mistake: only the source may have one.
        expect((error as Error).message).not.toMatch(/lading\.yml:\d/);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
    { numRuns: 150 },
  );
});
