/**
 * Takes out of a text what addresses carry of secrets: the part before `@`, and everything after `?` or `#`, where tokens and
 * signatures of requests stand. One pass.
 *
 * @see RFC 3986, sections 3.2.1, 3.4 and 3.5
 */
export function withoutCredentials(text: string): string {
  if (!text.includes("://")) return text;
  return text
    .split(/([\s"'<>]+)/)
    .map((word) => (word.includes("://") ? address(word) : word))
    .join("");
}

function address(word: string): string {
  const start = word.indexOf("://") + "://".length;
  const stop = word.slice(start).search(/[?#]/);
  const isCut = stop !== -1;
  const place = isCut ? word.slice(start, start + stop) : word.slice(start);
  const slash = place.indexOf("/");
  const authority = slash === -1 ? place : place.slice(0, slash);
  const path = slash === -1 ? "" : place.slice(slash);
  const at = authority.lastIndexOf("@");
  // A second address in one word (`a=https://b,https://c@d`) hides in the path.
  const rest = path.includes("://") ? address(path) : path;
  const host = at === -1 ? authority : `…@${authority.slice(at + 1)}`;
  return `${word.slice(0, start)}${host}${rest}${isCut ? `${word[start + stop]}…` : ""}`;
}
