// Source: "Common Expression Language in Kubernetes", "Kubernetes URL library".
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import { BOOL, listOf, mapOf, opaque, STRING, type Type } from "../compile/type.ts";
import { fail } from "../values/failure.ts";
import { Comparable } from "../values/order.ts";
import { parseUri, queryOf, splitHost, type Uri } from "../values/uri.ts";

const PARTS = ["scheme", "opaque", "user", "host", "escapedPath", "query", "fragment"] as const;

class Url extends Comparable {
  readonly typeName = "kubernetes.URL";
  readonly uri: Uri;
  readonly #text: string;
  constructor(uri: Uri, text: string) {
    super();
    this.uri = uri;
    this.#text = text;
  }
  override equals(other: Comparable): boolean {
    return other instanceof Url && PARTS.every((part) => other.uri[part] === this.uri[part]);
  }
  override toString(): string {
    return this.#text;
  }
}

export const URL: Type<Url> = opaque("kubernetes.URL", Url);

function urlOf(text: string): Url {
  return new Url(parseUri(text) ?? fail("a text is no URL"), text);
}

const through = { cost: throughFirst };
/** Parts are as long as a URL may be; it is three bytes for each in escaped form. */
const part = { cost: (): number => 10, size: (): number => 24_576 };

export const urlLibrary: readonly Overload[] = [
  defineFunction("url", [STRING], URL, urlOf, { ...through, isEarly: true }),
  defineFunction("isURL", [STRING], BOOL, (text) => parseUri(text) !== null, through),
  defineMethod("getScheme", [URL], STRING, ({ uri }) => uri.scheme, part),
  defineMethod("getHost", [URL], STRING, ({ uri }) => uri.host, part),
  defineMethod("getHostname", [URL], STRING, ({ uri }) => splitHost(uri.host).name, part),
  defineMethod("getPort", [URL], STRING, ({ uri }) => splitHost(uri.host).port, part),
  defineMethod("getEscapedPath", [URL], STRING, ({ uri }) => uri.escapedPath, part),
  defineMethod(
    "getQuery",
    [URL],
    mapOf(STRING, listOf(STRING)),
    ({ uri }) => queryOf(uri.query) ?? fail("a query is not UTF-8"),
    part,
  ),
];
