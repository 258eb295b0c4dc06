import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { actionlint } from '../support/actionlint.js';
import { loadWorkflowCheck } from '../support/check-workflow.js';

const root = join(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/guide/from-aws-actions.md'), 'utf8');
const [before = '', after = ''] = [...guide.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text);

test('the workflow of the guide knows the actions, and differs from that before by its uses: lines alone', async () => {
  const check = await loadWorkflowCheck();
  const own = { repository: 'OWNER/lading', folder: root };
  expect(await check.problemsOf(after, own)).toEqual([]);
  const wrong = after.replace('container-name:', 'contaner-name:');
  expect(await check.problemsOf(wrong, own)).not.toEqual([]);
  expect(actionlint([before, after])).toEqual([]);
  const rest = (text: string) => text.split('\n').filter((line) => !line.includes('uses:'));
  expect(rest(after)).toEqual(rest(before));
});
