import { expect, test } from 'vitest';
import { input } from '../../base/declare/input.js';
import { namingInputs } from './action-names.js';

const inputs = { to: input.list('x'), 'github-app-key': input.string('x'), region: input.string('x') };

test.each([
  ['--to: names no target', 'input to: names no target'],
  ['Put the key into LADING_GITHUB_APP_KEY.', 'Put the key into input github-app-key.'],
  ['Give it by --to or --github-app-key', 'Give it by input to or input github-app-key'],
  ['Give input to, LADING_TO or `rotate.to` in lading.yml.', 'Give input to or `rotate.to` in lading.yml.'],
  ['--token and LADING_OTHER are not ours', '--token and LADING_OTHER are not ours'],
  ['Run: aws ecr describe-images --region eu-west-1', 'Run: aws ecr describe-images --region eu-west-1'],
  ['a--to, X_LADING_TO', 'a--to, X_LADING_TO'],
])('%s', (text, shown) => {
  expect(namingInputs(text, inputs)).toBe(shown);
});
