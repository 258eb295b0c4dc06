import { oneLine } from '../../../base/tell/printable.js';
import type { ImageConfig } from '../../../oci/config.js';

const LONG = 48;

/** What made each layer, by the history of the image: `COPY . /app`, `RUN npm ci`. Fewer names than layers when it says less. */
export function layerNames({ history }: ImageConfig): readonly string[] {
  return (history ?? [])
    .filter((step) => step.empty_layer !== true)
    .map((step) => (typeof step.created_by === 'string' ? shortStep(step.created_by) : 'layer'));
}

/** As it stood in the Dockerfile, and not as the engine ran it. */
export function shortStep(text: string): string {
  const words = oneLine(text)
    .replace(/ # buildkit$/, '')
    .replace(/^RUN (\|\d+ .*?)?\/bin\/sh -c /, 'RUN ')
    .replace(/^\/bin\/sh -c #\(nop\) +/, '')
    .replace(/^\/bin\/sh -c /, 'RUN ')
    .replace(/^\|\d+ .*?\/bin\/sh -c /, 'RUN ')
    // A digest of what was copied, in the words of some engines.
    .replace(/\b(file|dir|multi):[0-9a-f]{64} in /, '')
    .replace(/\s+/g, ' ')
    .trim();
  return words === '' ? 'layer' : words.length > LONG ? `${words.slice(0, LONG - 1)}…` : words;
}
