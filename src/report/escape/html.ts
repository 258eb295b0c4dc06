import { printable } from '../../base/tell/printable.js';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands between tags and in quoted attributes of HTML. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"']/g, (char) => entities[char] ?? char);
}

/**
 * An address that may be followed: of the web, with every character encoded that means something to Markdown, HTML or
 * a table; undefined for any other.
 */
export function webAddress(href: string): string | undefined {
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  if ((url.protocol !== 'https:' && url.protocol !== 'http:') || url.username || url.password) return undefined;
  const rest = `${url.pathname}${url.search}${url.hash}`;
  return `${url.protocol}//${url.host}${rest.replace(/[^\w\-.~:/?#@!$&+,;=%]/g, (char) => encodeURIComponent(char))}`;
}
