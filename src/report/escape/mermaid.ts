import { oneLine } from '../../base/tell/printable.js';

/**
 * Text as the name of a task in a Mermaid diagram. Its grammar has no quoting that holds everywhere: letters, digits
 * and a few harmless signs stay, anything else is a space. https://mermaid.js.org/syntax/gantt.html
 */
export function mermaidName(text: string): string {
  const name = oneLine(text)
    .replace(/[^\p{L}\p{N} ._/()+-]/gu, ' ')
    .replace(/-{2,}/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
    .trim();
  // A word at the start of a line could be a keyword.
  return /^(section|title|dateFormat|axisFormat|tickInterval|excludes|includes|todayMarker|click|weekday|weekend|inclusiveEndDates|topAxis|acc[A-Z]\w*|gantt|end)\b/i.test(
    name,
  )
    ? `(${name})`
    : name || '-';
}
