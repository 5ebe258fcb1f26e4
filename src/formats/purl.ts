// Reading and writing package URLs of every type, as other tools write them. Source: ECMA-427 and the type definitions of
// package-url/purl-spec. How we name our own packages is said in model/purl.ts.

/** A purl, taken apart and decoded. */
export interface Purl {
  /** Lower case. */
  readonly type: string;
  /** Segments joined by slashes; `""` when there is none. */
  readonly namespace: string;
  readonly name: string;
  /** `""` when there is none. */
  readonly version: string;
  /** Keys in lower case; empty values are left out. */
  readonly qualifiers: ReadonlyMap<string, string>;
  /** `""` when there is none. */
  readonly subpath: string;
}

/** Longer texts are nobody's identity. */
const LENGTH_MAX = 4096;
const TYPE = /^[A-Za-z][A-Za-z0-9.-]*$/;
const KEY = /^[A-Za-z][A-Za-z0-9._-]*$/;

/**
 * Takes a purl apart and brings it into the form that its type demands.
 *
 * Forgives what others get wrong and what has one meaning only: capitals in type and qualifier keys, slashes after `pkg:`,
 * characters that are not encoded.
 *
 * @returns null for what is no purl, or breaks a rule of its type.
 */
export function parsePurl(text: string): Purl | null {
  if (text.length > LENGTH_MAX || !/^pkg:/i.test(text)) return null;
  const [beforeSubpath, subpath] = splitFirst(text.slice("pkg:".length), "#");
  const [path, query] = splitFirst(beforeSubpath, "?");
  const segments = path.replace(/^\/+/, "").split("/");
  const type = (segments.shift() ?? "").toLowerCase();
  const last = lastSegment(segments);
  const decodedQualifiers = qualifiersOf(query);
  if (!TYPE.test(type) || last === null || decodedQualifiers === null) return null;
  const namespace = decodedPath(last.before);
  const name = decoded(last.name);
  const version = decoded(last.version);
  const inner = decodedPath(subpath.split("/").filter((s) => s !== "." && s !== ".."));
  if (namespace === null || name === null || version === null || inner === null) return null;
  const purl = { type, namespace, name, version, qualifiers: decodedQualifiers, subpath: inner };
  return conforming(type === "git" ? hostAndPath(purl) : purl);
}

/** In `git`, the host is the namespace and the whole path the name. */
function hostAndPath(purl: Purl): Purl {
  const [host, path] = splitFirst(`${purl.namespace}/${purl.name}`, "/");
  return { ...purl, namespace: host, name: path };
}

/**
 * Writes a purl in its canonical form.
 *
 * @returns null for parts that make no purl.
 */
export function printPurl(parts: Purl): string | null {
  if (!TYPE.test(parts.type) || parts.name === "") return null;
  if ([...parts.qualifiers.keys()].some((key) => !KEY.test(key))) return null;
  const purl = conforming(parts);
  if (purl === null) return null;
  const { type, namespace, name, version, qualifiers, subpath } = purl;
  const query = [...qualifiers]
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encoded(value)}`)
    .join("&");
  return [
    `pkg:${type}/`,
    namespace === "" ? "" : `${encodedPath(namespace)}/`,
    type === "git" ? encodedPath(name) : encoded(name),
    version === "" ? "" : `@${encoded(version)}`,
    query === "" ? "" : `?${query}`,
    subpath === "" ? "" : `#${encodedPath(subpath)}`,
  ].join("");
}

function splitFirst(text: string, at: string): [string, string] {
  const found = text.indexOf(at);
  return found === -1 ? [text, ""] : [text.slice(0, found), text.slice(found + at.length)];
}

interface LastSegment {
  readonly before: readonly string[];
  readonly name: string;
  readonly version: string;
}

/** Splits name and version at the last `@`, unless it begins a segment, as a scope of npm does. null without a name. */
function lastSegment(segments: readonly string[]): LastSegment | null {
  const path = segments.join("/");
  const at = path.lastIndexOf("@");
  const isScope = at === 0 || path[at - 1] === "/";
  if (isScope && at !== -1 && !path.includes("/", at)) return null;
  const isVersion = at !== -1 && !isScope;
  const parts = (isVersion ? path.slice(0, at) : path).split("/").filter((part) => part !== "");
  const name = parts.pop();
  if (name === undefined) return null;
  return { before: parts, name, version: isVersion ? path.slice(at + 1) : "" };
}

function qualifiersOf(query: string): Map<string, string> | null {
  const found = new Map<string, string>();
  if (query === "") return found;
  for (const pair of query.split("&")) {
    const [key, value] = splitFirst(pair, "=");
    const text = decoded(value);
    if (!KEY.test(key) || text === null) return null;
    if (text !== "") found.set(key.toLowerCase(), text);
  }
  return found;
}

/** Undoes percent-encoding; a plus is a plus. null when it is broken. */
function decoded(text: string): string | null {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function decodedPath(segments: readonly string[]): string | null {
  const found = segments.filter((s) => s !== "").map(decoded);
  return found.some((s) => s === null) ? null : found.join("/");
}

function encodedPath(path: string): string {
  return path
    .split("/")
    .filter((s) => s !== "")
    .map(encoded)
    .join("/");
}

/** Percent-encodes all but letters, digits and `.-_~:`. Lone surrogates, which have no UTF-8, become U+FFFD. */
function encoded(text: string): string {
  if (/^[A-Za-z0-9._~:-]*$/.test(text)) return text;
  return encodeURIComponent(text.replaceAll(/\p{Cs}/gu, "\ufffd"))
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Types whose namespace and name do not tell capitals apart. */
const LOWER_CASE: ReadonlySet<string> = new Set([
  "alpm",
  "apk",
  "bitbucket",
  "brew",
  "composer",
  "deb",
  "git",
  "github",
  "hex",
  "luarocks",
  "oci",
  "otp",
  "pub",
  "pypi",
  "bitnami",
  "vscode-extension",
  "yocto",
]);
const WITHOUT_NAMESPACE: ReadonlySet<string> = new Set([
  "otp",
  "vcpkg",
  "julia",
  "chrome-extension",
]);
const WITH_NAMESPACE: ReadonlySet<string> = new Set(["swift", "vscode-extension"]);

/** Applies the rules of a type. null when one is broken. */
function conforming(purl: Purl): Purl | null {
  const { type, namespace, name, version } = purl;
  if (WITHOUT_NAMESPACE.has(type) && namespace !== "") return null;
  if (WITH_NAMESPACE.has(type) && namespace === "") return null;
  if (!isPermitted(purl)) return null;
  const lower = LOWER_CASE.has(type) || isLowerOnDatabricks(purl);
  return {
    ...purl,
    namespace: lower ? namespace.toLowerCase() : namespace,
    name: spelled(type, lower ? name.toLowerCase() : name),
    version: type === "huggingface" ? version.toLowerCase() : version,
  };
}

function spelled(type: string, name: string): string {
  return type === "pypi" ? name.replaceAll("_", "-") : name;
}

function isLowerOnDatabricks({ type, qualifiers }: Purl): boolean {
  return type === "mlflow" && (qualifiers.get("repository_url") ?? "").includes("databricks");
}

function isPermitted({ type, name, version, qualifiers }: Purl): boolean {
  if (type === "cpan") return !name.includes("::");
  if (type === "julia") return qualifiers.has("uuid");
  if (type === "chrome-extension") {
    return /^[a-p]{32}$/.test(name) && /^(\d{1,9}(\.\d{1,9}){0,3})?$/.test(version);
  }
  return true;
}
