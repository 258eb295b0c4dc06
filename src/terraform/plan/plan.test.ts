import { expect, test } from 'vitest';
import { parsePlan } from './plan.js';
import { planPage } from './plan-page.js';

const plan = (...changes: readonly object[]) =>
  parsePlan(
    `Warning: something before it\n${JSON.stringify({
      resource_changes: changes.map((change, at) => ({
        address: `aws_x.r${at}`,
        mode: 'managed',
        type: 'aws_x',
        change,
      })),
    })}`,
    'service',
  );

test.each([
  [['create'], 'create', [1, 0, 0]],
  [['update'], 'update', [0, 1, 0]],
  [['delete'], 'delete', [0, 0, 1]],
  [['delete', 'create'], 'replace', [1, 0, 1]],
  [['create', 'delete'], 'replace', [1, 0, 1]],
  [['forget'], 'forget', [0, 0, 0]],
])('%j is a %s', (actions, action, [add, change, destroy]) => {
  const parsed = plan({ actions });
  expect(parsed.changes).toMatchObject([{ action }]);
  expect(parsed).toMatchObject({ counts: { add, change, destroy }, clean: false });
});

test('what stays as it is, and what is only read, is no change', () => {
  expect(plan({ actions: ['no-op'] }, { actions: ['read'] })).toMatchObject({ changes: [], clean: true });
});

test('an output that changes makes a plan that is to be applied', () => {
  const text = JSON.stringify({ output_changes: { url: { actions: ['update'] }, same: { actions: ['no-op'] } } });
  expect(parsePlan(text, 'service')).toMatchObject({ changes: [], outputs: ['url'], clean: false });
});

test('attributes: values where they are short, names alone where they are secret', () => {
  const [change] = plan({
    actions: ['delete', 'create'],
    before: { count: 1, token: 'old-secret', same: 'x', text: 'a'.repeat(500), arn: 'arn:1', list: ['a'] },
    after: { count: 3, token: 'new-secret', same: 'x', text: 'b'.repeat(500), list: ['a', 'b'] },
    after_unknown: { arn: true, list: [false] },
    before_sensitive: { token: true },
    after_sensitive: { token: true },
    replace_paths: [['count']],
  }).changes;
  expect(change?.attributes).toEqual([
    { path: 'count', before: '1', after: '3', replaces: true },
    { path: 'list', before: '["a"]', after: '["a","b"]', replaces: false },
    { path: 'text', replaces: false },
    { path: 'token', replaces: false },
  ]);
});

test('in texts that are JSON what differs is named; variables of containers without their values', () => {
  const container = (image: string, value: string) =>
    JSON.stringify([{ name: 'app', image, environment: [{ name: 'PASSWORD', value }] }]);
  const [change] = plan({
    actions: ['update'],
    before: { container_definitions: container('web@1', 'hunter2') },
    after: { container_definitions: container('web@2', 'hunter3') },
  }).changes;
  expect(change?.attributes).toEqual([
    { path: 'container_definitions[app].image', before: 'web@1', after: 'web@2', replaces: false },
    { path: 'container_definitions[app].environment[PASSWORD].value', replaces: false },
  ]);
  expect(JSON.stringify(change)).not.toContain('hunter');
});

test('the page shows what is gone first, and warns of it', () => {
  const page = planPage(plan({ actions: ['create'] }, { actions: ['delete'] }), { stack: 'service', facts: [] });
  expect(page.title).toBe('Plan of service: 1 to add, 0 to change, 1 to destroy');
  expect(page.blocks[0]).toMatchObject({ type: 'note', level: 'warning' });
  expect(page.blocks.find(({ type }) => type === 'table')).toMatchObject({
    rows: [
      ['- destroy', { code: 'aws_x.r1' }, ''],
      ['+ create', { code: 'aws_x.r0' }, ''],
    ],
  });
});
