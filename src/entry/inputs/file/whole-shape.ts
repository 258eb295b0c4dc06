import { commandTable } from '../../../commands/index.js';
import type { Section } from './shape.js';
import { shapeOf } from './shape.js';

/** Everything that may stand in `lading.yml`. It loads every verb: asked for only when a file has more than one knows. */
export async function wholeShape(): Promise<Section> {
  return shapeOf(await Promise.all(commandTable.map((entry) => entry.load())));
}
