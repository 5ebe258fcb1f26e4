import { cut, visible } from "../../../kit/display.ts";

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
]);

const LENGTH_MAX = 2000;

/**
 * Makes a text out of an image safe to stand in HTML, between tags and in quoted attributes: control, invisible and
 * bidirectional characters are written out, what HTML would read is escaped, and very long texts are cut.
 */
export function html(text: string, max: number = LENGTH_MAX): string {
  return cut(visible(text), max).replaceAll(/[&<>"']/g, (c) => ENTITIES.get(c) ?? "");
}

/** The page about a vulnerability, for ids that are plain; null for all others. */
export function linkOf(id: string): string | null {
  if (/^CVE-\d{4}-\d{4,19}$/.test(id)) return `https://www.cve.org/CVERecord?id=${id}`;
  if (/^GHSA(-[0-9a-z]{4}){3}$/.test(id)) return `https://github.com/advisories/${id}`;
  return null;
}

/** An id, as a link where it has a page. */
export function idHtml(id: string): string {
  const link = linkOf(id);
  return link === null
    ? `<code>${html(id, 60)}</code>`
    : `<a href="${link}" rel="noopener noreferrer"><code>${id}</code></a>`;
}
