// What a request to Docker Engine asks for, told from its method and address as the engine's own router tells it.
// Source: moby, api/server/router/*: names in addresses may hold slashes (`{name:.*}`), the version may be left out, and an address
// that is not clean is redirected, so that whoever wants something writes it clean.

/** A call that is decided about; everything else is `other`. */
export type EngineCall =
  | { readonly kind: "other" }
  | { readonly kind: "container-create"; readonly name: string }
  | { readonly kind: "container-start"; readonly id: string }
  | { readonly kind: "container-exec"; readonly id: string }
  | { readonly kind: "container-update"; readonly id: string }
  | { readonly kind: "service-create" }
  | { readonly kind: "service-update"; readonly id: string; readonly isRollback: boolean }
  | { readonly kind: "volume-create" }
  | { readonly kind: "plugin-enable"; readonly name: string }
  | { readonly kind: "plugin-pull"; readonly reference: string }
  | { readonly kind: "build"; readonly network: string }
  /** It may be one that is decided about. `why` is a sentence part. */
  | { readonly kind: "untold"; readonly why: string };

const OTHER: EngineCall = { kind: "other" };
/** From this version on a start takes no settings. */
const SETTLED: readonly [number, number] = [1, 24];

/**
 * Tells what is asked for. Whatever is not clean, or is sent to a version in which it means more, is untold.
 *
 * @param uri As it stands in the request line: a path, or with scheme and host.
 */
export function engineCall(method: string, uri: string): EngineCall {
  // Engines take names of methods as they are; to be laxer about them costs nothing.
  if (method.toUpperCase() !== "POST") return OTHER;
  const { path, query } = partsOf(uri);
  if (path === null) return { kind: "untold", why: "its address cannot be read" };
  if (/\/\/|\/\.{1,2}(?:\/|$)|\\/.test(path))
    return { kind: "untold", why: "its address is not clean" };
  const [, version, rest = ""] = /^(?:\/v([0-9.]+))?(\/.*?)\/?$/s.exec(path) ?? [];
  const call = routed(rest, query);
  if (call.kind !== "container-start" || version === undefined || !isBefore(version, SETTLED))
    return call;
  return {
    kind: "untold",
    why: `a start by version ${version} of the engine's API may carry settings that do not reach the plugin`,
  };
}

/** The path, decoded once as the engine does; null when it cannot be. */
function partsOf(uri: string): { readonly path: string | null; readonly query: URLSearchParams } {
  const mark = uri.indexOf("?");
  const address = mark === -1 ? uri : uri.slice(0, mark);
  const query = new URLSearchParams(mark === -1 ? "" : uri.slice(mark + 1));
  const path = address.startsWith("/")
    ? address
    : address.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/, "");
  if (!path.startsWith("/")) return { path: null, query };
  try {
    return { path: decodeURIComponent(path), query };
  } catch {
    return { path: null, query };
  }
}

/** Names between a beginning and an end of the path, in the order in which they are tried. */
const ON_CONTAINERS: readonly (readonly [
  end: string,
  kind: "container-start" | "container-exec" | "container-update",
])[] = [
  ["/start", "container-start"],
  ["/restart", "container-start"],
  ["/unpause", "container-start"],
  ["/exec", "container-exec"],
  ["/update", "container-update"],
];

/** Words of addresses in any case: an engine knows only the lower one, and to be laxer costs nothing. */
function routed(path: string, query: URLSearchParams): EngineCall {
  const lower = path.toLowerCase();
  // Lower case may be longer in a few scripts, and names are cut out of what was written.
  const name = (start: string, end: string): string | null =>
    lower.startsWith(start) && lower.endsWith(end) && lower.length > start.length + end.length
      ? path.slice(start.length, path.length - end.length)
      : null;
  switch (lower) {
    case "/containers/create":
      return { kind: "container-create", name: query.get("name") ?? "" };
    case "/services/create":
      return { kind: "service-create" };
    case "/volumes/create":
      return { kind: "volume-create" };
    case "/plugins/pull":
      return { kind: "plugin-pull", reference: query.get("remote") ?? "" };
    case "/build":
      return { kind: "build", network: valueIn(query, "networkmode") };
    default:
  }
  for (const [end, kind] of ON_CONTAINERS) {
    const id = name("/containers/", end);
    if (id !== null) return { kind, id };
  }
  const service = name("/services/", "/update");
  if (service !== null)
    return {
      kind: "service-update",
      id: service,
      // Anything in it that could be the word is taken for it.
      isRollback: /rollback/i.test(query.toString()),
    };
  const enabled = name("/plugins/", "/enable");
  if (enabled !== null) return { kind: "plugin-enable", name: enabled };
  const upgraded = name("/plugins/", "/upgrade");
  return upgraded === null
    ? OTHER
    : { kind: "plugin-pull", reference: query.get("remote") ?? upgraded };
}

/** Go takes the first of several; any of them counts here. */
function valueIn(query: URLSearchParams, name: string): string {
  return query.getAll(name).join(" ");
}

function isBefore(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return !(first > major || (first === major && second >= minor));
}
