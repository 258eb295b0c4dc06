import { commandTable } from '../../commands/index.js';
import { keyOf } from './values.js';

/** Every key that may stand in `lading.yml`. */
export async function knownKeys(): Promise<ReadonlySet<string>> {
  const commands = await Promise.all(commandTable.map((entry) => entry.load()));
  return new Set(
    commands.flatMap((command) =>
      Object.entries(command.inputs).flatMap(([name, input]) => keyOf(command.name, name, input) ?? []),
    ),
  );
}
