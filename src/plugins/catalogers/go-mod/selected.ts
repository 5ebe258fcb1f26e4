import type { GoReplace, GoRequire } from "../../../formats/go-mod.ts";

/** A module as it is built. */
interface Selected {
  readonly name: string;
  readonly version: string;
  readonly line: number;
}

/** Replacements by the path that they replace. */
export function byPath(replaces: readonly GoReplace[]): ReadonlyMap<string, GoReplace[]> {
  const found = new Map<string, GoReplace[]>();
  for (const replace of replaces) {
    const known = found.get(replace.path);
    if (known === undefined) found.set(replace.path, [replace]);
    // Nobody replaces many versions of one module, each by another.
    else if (known.length < 100) known.push(replace);
  }
  return found;
}

/**
 * What is built where a module is asked for: itself, or what replaces it.
 *
 * @param fitting The replacements of its path.
 * @returns null when it is replaced by a folder.
 */
export function selected(wanted: GoRequire, fitting: readonly GoReplace[]): Selected | null {
  // One for this very version goes before one for all.
  const replace =
    fitting.find((r) => r.version === wanted.version) ?? fitting.find((r) => r.version === null);
  if (replace === undefined) {
    return { name: wanted.path, version: wanted.version, line: wanted.line };
  }
  return replace.targetVersion === null
    ? null
    : { name: replace.target, version: replace.targetVersion, line: wanted.line };
}

/**
 * Whether go.mod leaves out what is only needed indirectly: it did up to Go 1.16, and in modules that name no version of Go.
 *
 * @see https://go.dev/ref/mod "Graph pruning"
 */
export function isIncomplete(go: string | null): boolean {
  const match = /^(\d{1,4})\.(\d{1,4})/.exec(go ?? "");
  return match === null || (match[1] === "1" && Number(match[2]) < 17);
}
