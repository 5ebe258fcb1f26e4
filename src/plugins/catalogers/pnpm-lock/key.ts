/** What a key of `packages` or `snapshots` names. Text where the key is a place (`file:…`, `github.com/…`) has no version. */
export interface PnpmKey {
  readonly name: string;
  readonly version: string;
}

/**
 * Reads a key: `/name/1.2.3`, `/@scope/name/1.2.3_react@16.8.0` (lock file versions up to 5), `/name@1.2.3(react@16.8.0)` (6),
 * `name@1.2.3(react@16.8.0)` (9), with or without the host of a registry before the first slash.
 *
 * @returns null when it is the place of something that comes from no registry.
 */
export function parseKey(key: string): PnpmKey | null {
  const peers = key.indexOf("(");
  const plain = peers === -1 ? key : key.slice(0, peers);
  if (/^[a-z+]{1,20}:/.test(plain)) return null;
  const path = plain.startsWith("/") ? plain.slice(1) : withoutHost(plain);
  const at = path.indexOf("@", 1);
  const slash = path.indexOf("/", path.startsWith("@") ? path.indexOf("/") + 1 : 0);
  if (at !== -1 && (slash === -1 || at < slash)) {
    return whole(path.slice(0, at), path.slice(at + 1));
  }
  return slash === -1
    ? null
    : whole(path.slice(0, slash), path.slice(slash + 1).split("_", 1)[0] ?? "");
}

/** Lock file version 5 puts the host of a registry that is not the default one first: `registry.example.com/name/1.2.3`. */
function withoutHost(path: string): string {
  const slash = path.indexOf("/");
  if (path.startsWith("@") || slash === -1) return path;
  return path.slice(0, slash).includes(".") && !path.slice(0, slash).includes("@")
    ? path.slice(slash + 1)
    : path;
}

function whole(name: string, version: string): PnpmKey | null {
  return /^\d[^/:]*$/.test(version) ? { name, version } : null;
}

/**
 * The key under which a dependency `name: reference` stands; aliases and addresses are named whole by the reference.
 *
 * @returns null when there is none: the project's own, or left out.
 */
export function keyOf(
  name: string,
  reference: string,
  keys: { has(key: string): boolean },
): string | null {
  const named = `${name}@${reference}`;
  if (keys.has(named)) return named;
  const candidates = [reference, `/${named}`, `/${name}/${reference}`];
  return candidates.find((candidate) => keys.has(candidate)) ?? null;
}
