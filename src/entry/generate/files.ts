import { commandTable } from '../../commands/index.js';
import { listScenarios } from '../../commands/sandbox.js';
import { actionFiles } from './action-metadata.js';
import { referencePage, slugOf } from './reference.js';
import { referenceIndex, scenarioPage } from './reference-index.js';
import { configSchema } from './schema.js';

/** Verbs that serve until they are stopped: as functions they stand in `lading/sandbox`. */
const WITHOUT_FUNCTION = ['sandbox', 'demo'];

/** Folders that hold generated files and nothing else. */
export const generatedFolders = ['docs/reference', 'actions'] as const;

/** Every generated file by its path from the root of the repository. */
export async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const commands = await Promise.all(commandTable.map((entry) => entry.load()));
  const files = new Map<string, string>();
  for (const command of commands) {
    const library = !WITHOUT_FUNCTION.includes(command.name);
    files.set(`docs/reference/${slugOf(command.name)}.md`, referencePage(command, library));
    for (const [path, text] of actionFiles(command)) files.set(path, text);
  }
  files.set('docs/reference/scenarios.md', scenarioPage(await listScenarios()));
  files.set('docs/reference/README.md', referenceIndex(commands));
  files.set('lading.schema.json', `${JSON.stringify(configSchema(commands), undefined, 2)}\n`);
  return files;
}
