// The user's statement of whom to believe: `bulwark.trust.yaml`, or the section `trust` of another file.
import { isMap, isScalar, isSeq, LineCounter, type YAMLMap } from "yaml";
import { AppError } from "../kit/error.ts";
import type { KeyLife, RootDemands, TrustedCertificate, TrustedIdentity } from "../model/trust.ts";
import { parseConfig } from "./config-document.ts";

/** Content that stands in the file itself, or in another beside it. */
export type Inline = { readonly text: string } | { readonly file: string };

export interface TrustFileKey extends KeyLife {
  readonly id: string;
  readonly key: Inline;
  readonly needsLog: boolean;
  /** The id of another key of the file. */
  readonly replacedBy: string | null;
}

export interface TrustFileCertificate extends Omit<TrustedCertificate, "pem"> {
  readonly certificate: Inline;
}

export interface TrustFile {
  readonly keys: readonly TrustFileKey[];
  readonly identities: readonly TrustedIdentity[];
  readonly certificates: readonly TrustFileCertificate[];
  readonly roots: readonly TrustFileRoot[];
}

export interface TrustFileRoot {
  readonly name: string;
  readonly root: Inline;
  readonly demands: RootDemands;
}

const ENTRIES_MAX = 256;
const SECTIONS = ["keys", "identities", "certificates", "roots"];
const KINDS = ["ca", "signing-authority", "timestamp"] as const;

/** The root that identities are of when they name none: the public instance's. */
export const PUBLIC_ROOT_NAME = "public";

/**
 * Reads a trust file. Unknown keys are refused: a misspelt `revoked` would go on trusting.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` naming file, line and what is wrong.
 */
export function parseTrustFile(bytes: Uint8Array, path: string): TrustFile {
  const reader = new Reader(bytes, path);
  const top = reader.top();
  reader.onlyKeys(top, SECTIONS);
  return {
    keys: keysOf(reader, reader.list(top, "keys")),
    identities: reader.list(top, "identities").map((item) => identityOf(reader, item)),
    certificates: reader.list(top, "certificates").map((item) => certificateOf(reader, item)),
    roots: reader.list(top, "roots").map((item) => rootOf(reader, item)),
  };
}

/** A key that is replaced names one that is there and is not replaced in turn, so that following the names ends. */
function keysOf(reader: Reader, items: readonly YAMLMap[]): TrustFileKey[] {
  const keys = items.map((item) => keyOf(reader, item));
  for (const [i, { replacedBy }] of keys.entries()) {
    if (replacedBy === null) continue;
    const successor = keys.find(({ id }) => id === replacedBy);
    const name = JSON.stringify(replacedBy.slice(0, 60));
    if (successor === undefined) reader.fail(`there is no key ${name}`, items[i]);
    if (successor.replacedBy !== null)
      reader.fail(`key ${name} is replaced itself: name the key that signs now`, items[i]);
  }
  return keys;
}

const KEY_NAMES = ["id", "key", "not-before", "not-after", "revoked", "replaced-by", "log"];

function keyOf(reader: Reader, item: YAMLMap): TrustFileKey {
  reader.onlyKeys(item, KEY_NAMES);
  return {
    id: reader.required(item, "id"),
    key: reader.inline(item, "key", "-----BEGIN"),
    notBefore: reader.time(item, "not-before"),
    notAfter: reader.time(item, "not-after"),
    revokedAt: reader.time(item, "revoked"),
    needsLog: reader.choice(item, "log", ["optional", "required"]) === "required",
    replacedBy: reader.text(item, "replaced-by"),
  };
}

function identityOf(reader: Reader, item: YAMLMap): TrustedIdentity {
  reader.onlyKeys(item, ["id", "issuer", "identity", "identity-glob", "root"]);
  const exact = reader.text(item, "identity");
  const pattern = reader.text(item, "identity-glob");
  const identity = exact ?? pattern;
  if (identity === null || (exact !== null && pattern !== null))
    return reader.fail("an identity has either identity or identity-glob", item);
  return {
    id: reader.text(item, "id") ?? identity,
    issuer: reader.required(item, "issuer"),
    identity,
    isGlob: exact === null,
    root: reader.text(item, "root") ?? PUBLIC_ROOT_NAME,
  };
}

function certificateOf(reader: Reader, item: YAMLMap): TrustFileCertificate {
  reader.onlyKeys(item, ["id", "certificate", "kind", "subjects"]);
  const written = reader.text(item, "kind") ?? "ca";
  const kind = KINDS.find((name) => name === written);
  if (kind === undefined)
    return reader.fail(`kind is ${JSON.stringify(written)}, not ${KINDS.join(", ")}`, item);
  return {
    id: reader.required(item, "id"),
    certificate: reader.inline(item, "certificate", "-----BEGIN"),
    kind,
    subjects: reader.texts(item, "subjects"),
  };
}

function rootOf(reader: Reader, item: YAMLMap): TrustFileRoot {
  reader.onlyKeys(item, ["name", "root", "log", "certificate-log", "time"]);
  return {
    name: reader.required(item, "name"),
    root: reader.inline(item, "root", "{"),
    demands: {
      log: reader.choice(item, "log", ["required", "none"]) === "required",
      certificateLog: reader.choice(item, "certificate-log", ["required", "none"]) === "required",
      time: reader.choice(item, "time", ["proved", "now"]) === "proved",
    },
  };
}

/** A YAML document whose complaints name file and line. */
class Reader {
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #contents: unknown;

  constructor(bytes: Uint8Array, path: string) {
    this.#path = path;
    const parsed = parseConfig(bytes, this.#lines);
    if ("fault" in parsed) {
      const { state, line } = parsed.fault;
      this.fail(line === null ? state : `line ${line}: ${state}`, null);
    }
    this.#contents = parsed.contents;
  }

  fail(state: string, node: unknown): never {
    const at = (node as { range?: readonly number[] } | null)?.range?.[0];
    const where = at === undefined ? "" : `line ${this.#lines.linePos(at).line}: `;
    throw new AppError(
      "config-invalid",
      `cannot read trust file ${JSON.stringify(this.#path)}: ${where}${state}`,
      { hint: "the form is described in docs/guide/trust.md", subject: this.#path },
    );
  }

  /** The section `trust`, or the whole where there is none. */
  top(): YAMLMap {
    const contents = this.#contents;
    if (!isMap(contents)) return this.fail("it is not a mapping", contents);
    const section = contents.get("trust", true);
    if (section === undefined) return contents;
    return isMap(section) ? section : this.fail("trust is not a mapping", section);
  }

  onlyKeys(item: YAMLMap, allowed: readonly string[]): void {
    for (const { key } of item.items) {
      const name = isScalar(key) ? String(key.value) : "";
      if (!allowed.includes(name))
        this.fail(`${JSON.stringify(name.slice(0, 60))} is not one of ${allowed.join(", ")}`, key);
    }
  }

  list(of: YAMLMap, name: string): YAMLMap[] {
    const node = of.get(name, true);
    if (node === undefined || (isScalar(node) && node.value === null)) return [];
    if (!isSeq(node)) return this.fail(`${name} is not a list`, node);
    if (node.items.length > ENTRIES_MAX)
      return this.fail(`${name} has over ${ENTRIES_MAX} entries`, node);
    return node.items.map((item) =>
      isMap(item) ? item : this.fail(`an entry of ${name} is not a mapping`, item),
    );
  }

  text(of: YAMLMap, name: string): string | null {
    const node = of.get(name, true);
    if (node === undefined) return null;
    if (!isScalar(node) || node.value === null) return this.fail(`${name} is not a text`, of);
    const written = typeof node.value === "string" ? node.value : (node.source ?? "");
    return written.trim() === "" ? this.fail(`${name} is empty`, node) : written;
  }

  texts(of: YAMLMap, name: string): string[] | null {
    const node = of.get(name, true);
    if (node === undefined) return null;
    if (!isSeq(node) || node.items.length > ENTRIES_MAX)
      return this.fail(`${name} is not a list of texts`, of);
    return node.items.map((item) =>
      isScalar(item) && typeof item.value === "string"
        ? item.value
        : this.fail(`${name} is not a list of texts`, item),
    );
  }

  required(of: YAMLMap, name: string): string {
    return this.text(of, name) ?? this.fail(`an entry has no ${name}`, of);
  }

  /** One of two words; the first when nothing is said. */
  choice(of: YAMLMap, name: string, [usual, other]: readonly [string, string]): string {
    const written = this.text(of, name) ?? usual;
    if (written === usual || written === other) return written;
    return this.fail(
      `${name} is ${JSON.stringify(written.slice(0, 60))}, not ${usual} or ${other}`,
      of,
    );
  }

  /** A date (its beginning, in UTC) or a time, as RFC 3339. */
  time(of: YAMLMap, name: string): string | null {
    const written = this.text(of, name);
    if (written === null) return null;
    const isTime = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2}))?$/;
    const ms = Date.parse(written);
    if (!isTime.test(written) || Number.isNaN(ms))
      return this.fail(`${name} is ${JSON.stringify(written)}, not like 2027-03-31`, of);
    return new Date(ms).toISOString();
  }

  inline(of: YAMLMap, name: string, begin: string): Inline {
    const written = this.required(of, name);
    return written.trimStart().startsWith(begin) ? { text: written } : { file: written.trim() };
  }
}
