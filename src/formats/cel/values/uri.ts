// Uniform resource identifiers as Go's net/url reads them, because Kubernetes' answers are those. Source: RFC 3986; the documentation
// of net/url: ParseRequestURI decides what is one, Parse what its parts are.
import { Buffer } from "node:buffer";
import { bytesOfText, textOfBytes } from "./bytes.ts";

/** All but `query` unescaped. Bytes that are not UTF-8 make a part null. */
export interface Uri {
  readonly scheme: string;
  /** What follows a scheme without a slash: of `mailto:a`, `a`. */
  readonly opaque: string;
  readonly user: string;
  readonly host: string;
  readonly escapedPath: string;
  readonly query: string;
  readonly fragment: string;
}

const LENGTH_MAX = 8_192;
// biome-ignore lint/suspicious/noControlCharactersInRegex: such characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f]/;
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]*):/;
const USER = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
const PORT = /^(?::[0-9]*)?$/;
/** What may stand in a host; beyond ASCII everything may. */
const HOST = /^(?:[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~\u0080-\u00ff]|%25|%[89A-Fa-f][0-9A-Fa-f])*$/;
const HOST_IN_ZONE = /^(?:[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~\u0080-\u00ff]|%[0-9A-Fa-f]{2})*$/;
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
/** What an escaped path may hold as it stands. */
const PATH = /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/;

/** Null for what is neither an absolute identifier nor an absolute path. */
export function parseUri(text: string): Uri | null {
  if (text.length > LENGTH_MAX || text === "") return null;
  // Bytes as characters, so that escapes may stand for any byte.
  const raw = Buffer.from(bytesOfText(text)).toString("latin1");
  if (partsOf(raw, true) === null) return null;
  const hash = raw.indexOf("#");
  const fragment = hash === -1 ? "" : raw.slice(hash + 1);
  return BAD_ESCAPE.test(fragment)
    ? null
    : partsOf(hash === -1 ? raw : raw.slice(0, hash), false, fragment);
}

function partsOf(raw: string, isRequest: boolean, fragment = ""): Uri | null {
  if (CONTROL.test(raw) || raw.startsWith(":")) return null;
  const found = SCHEME.exec(raw)?.[1] ?? "";
  const scheme = found.toLowerCase();
  const rest = found === "" ? raw : raw.slice(found.length + 1);
  const mark = rest.indexOf("?");
  const query = mark === -1 ? "" : rest.slice(mark + 1);
  const before = mark === -1 ? rest : rest.slice(0, mark);
  const empty = { scheme, opaque: "", user: "", host: "", escapedPath: "", query, fragment };
  if (raw === "*") return { ...empty, escapedPath: "*" };
  // A path that does not begin with a slash stands behind a scheme only.
  if (!before.startsWith("/")) return scheme === "" ? null : { ...empty, opaque: before };
  return before.startsWith("//") && (scheme !== "" || !(isRequest || before.startsWith("///")))
    ? withAuthority(empty, before.slice(2))
    : withPath(empty, before);
}

function withPath(uri: Uri, path: string): Uri | null {
  if (BAD_ESCAPE.test(path)) return null;
  return { ...uri, escapedPath: PATH.test(path) ? path : escapePath(unescapeBytes(path)) };
}

function withAuthority(uri: Uri, text: string): Uri | null {
  const slash = text.indexOf("/");
  const authority = slash === -1 ? text : text.slice(0, slash);
  const at = authority.lastIndexOf("@");
  const user = at === -1 ? "" : authority.slice(0, at);
  const host = hostOf(authority.slice(at + 1));
  if (host === null || !USER.test(user) || BAD_ESCAPE.test(user)) return null;
  return withPath({ ...uri, user, host }, slash === -1 ? "" : text.slice(slash));
}

function hostOf(host: string): string | null {
  if (!host.startsWith("[")) {
    const colon = host.lastIndexOf(":");
    const port = colon === -1 ? "" : host.slice(colon);
    return PORT.test(port) && HOST.test(host) ? decoded(host) : null;
  }
  const end = host.lastIndexOf("]");
  if (end === -1 || !PORT.test(host.slice(end + 1))) return null;
  const zone = host.slice(0, end).indexOf("%25");
  const isGood =
    zone === -1
      ? HOST.test(host)
      : HOST.test(host.slice(0, zone)) && HOST_IN_ZONE.test(host.slice(zone, end));
  return isGood ? decoded(host) : null;
}

function unescapeBytes(raw: string): string {
  return raw.replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function decoded(raw: string): string | null {
  return textOfBytes(Buffer.from(unescapeBytes(raw), "latin1"));
}

function escapePath(bytes: string): string {
  return bytes.replaceAll(
    /[^A-Za-z0-9\-_.~$&+,/:;=@]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** The host without its port, and the port. */
export function splitHost(host: string): { name: string; port: string } {
  const colon = host.lastIndexOf(":");
  const hasPort = colon !== -1 && PORT.test(host.slice(colon));
  const name = hasPort ? host.slice(0, colon) : host;
  const isBracketed = name.startsWith("[") && name.endsWith("]");
  return {
    name: isBracketed ? name.slice(1, -1) : name,
    port: hasPort ? host.slice(colon + 1) : "",
  };
}

/** The values of each name of a query. What is malformed is left out, as Go does; bytes that are not UTF-8 give null. */
export function queryOf(query: string): ReadonlyMap<string, readonly string[]> | null {
  const values = new Map<string, string[]>();
  for (const piece of query.split("&")) {
    if (piece === "" || piece.includes(";") || BAD_ESCAPE.test(piece)) continue;
    const equals = piece.indexOf("=");
    const [name, value] = [
      equals === -1 ? piece : piece.slice(0, equals),
      equals === -1 ? "" : piece.slice(equals + 1),
    ].map((part) => decoded(part.replaceAll("+", " ")));
    if (name === undefined || name === null || value === undefined || value === null) return null;
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}
