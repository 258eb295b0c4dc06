import { expect, test } from 'vitest';
import { parseScenario } from './parse-scenario.js';
import { scenarios } from './scenario.js';

test('events come in the order of time', async () => {
  const text = 'events:\n  - { at: 14, status: SUCCESSFUL }\n  - { at: 1, status: IN_PROGRESS, pending: 1 }\n';
  expect((await parseScenario(text, 'mine.yml')).events.map((event) => event.at)).toEqual([1, 14]);
});

test.each([...scenarios.values()])('$name can be written as a file', async (scenario) => {
  expect(await parseScenario(JSON.stringify(scenario), 'mine.json')).toEqual({
    ...scenario,
    events: [...scenario.events].sort((a, b) => a.at - b.at),
  });
});

test('every mistake is told with its place', async () => {
  const text = 'events: [{ at: -1 }]\ntask: { stops: soon, stopCode: Bored }\n';
  await expect(parseScenario(text, 'mine.yml')).rejects.toMatchObject({
    issues: [
      { where: 'mine.yml at events.0.at' },
      { where: 'mine.yml at task.stops' },
      { where: 'mine.yml at task.stopCode' },
    ],
  });
});
