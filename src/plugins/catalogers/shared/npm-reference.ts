// How npm, Yarn, pnpm and Bun write where a package comes from.

/** `name@rest`, taken apart at the `@` that is not a scope's; null when there is none. */
export function splitReference(text: string): { name: string; rest: string } | null {
  const at = text.indexOf("@", 1);
  return at === -1 ? null : { name: text.slice(0, at), rest: text.slice(at + 1) };
}

/** What stands in the place of a version. */
export type NpmVersion =
  | { readonly kind: "version"; readonly name: string; readonly version: string }
  /** Not from a registry, so without a version that advisories speak of; `from` names the way for a message. */
  | { readonly kind: "foreign"; readonly from: string };

/**
 * Reads a version of the package `name`: `1.2.3`, or an alias for another package (`npm:other@1.2.3`), or a place that is no
 * registry (`git+ssh://…`, `file:…`), which is only named by its kind, because addresses hold credentials.
 */
export function npmVersion(name: string, text: string): NpmVersion {
  if (/^v?\d/.test(text)) return { kind: "version", name, version: text.replace(/^v/, "") };
  if (text.startsWith("npm:")) {
    const target = splitReference(text.slice(4));
    if (target !== null && /^\d/.test(target.rest)) {
      return { kind: "version", name: target.name, version: target.rest };
    }
    if (target === null && /^\d/.test(text.slice(4))) {
      return { kind: "version", name, version: text.slice(4) };
    }
  }
  const scheme = /^[a-z+.-]{1,20}(?=:)/i.exec(text)?.[0];
  return { kind: "foreign", from: scheme ?? (text === "" ? "nowhere" : "another place") };
}
