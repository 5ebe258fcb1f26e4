// Documents of strangers, as plain objects: any field may be absent or of another kind, and is then as good as not there.
import { AppError } from "../kit/error.ts";
import { utf8 } from "../kit/text.ts";

/** An object out of a JSON document. Read it with the functions below only: they never meet inherited names. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a document whose top is an object; a byte order mark is passed over.
 *
 * @param what The kind of document, for the message: `SBOM`.
 * @throws {AppError} `document-invalid`.
 */
export function parseDocument(bytes: Uint8Array, what: string, path: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(utf8(bytes));
  } catch (cause) {
    const first = bytes.find(
      (byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf,
    );
    const state = first === 0x3c ? "it is XML, and JSON is read" : "it is not JSON";
    throw invalid(what, path, state, cause);
  }
  const object = asObject(value);
  if (object === null) throw invalid(what, path, "its top is not an object");
  return object;
}

/** The failure of a whole document. */
export function invalid(what: string, path: string, state: string, cause?: unknown): AppError {
  const message = `cannot read ${what} ${JSON.stringify(path)}: ${state}`;
  return new AppError("document-invalid", message, { subject: path, cause });
}

export function asObject(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : null;
}

/** The member of a name; undefined when there is none, or the value is no object. */
export function member(object: JsonObject | null, name: string): unknown {
  return object !== null && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member that is a text of at most `TEXT_MAX` characters, trimmed; `""` for everything else. */
export function text(object: JsonObject | null, name: string): string {
  const value = member(object, name);
  return typeof value === "string" && value.length <= TEXT_MAX ? value.trim() : "";
}

/** A member that is a text or a number, as text. */
export function scalar(object: JsonObject | null, name: string): string {
  const value = member(object, name);
  return typeof value === "number" ? String(value) : text(object, name);
}

/** Longer texts are nobody's name, version or message. */
const TEXT_MAX = 65_536;

export function object(of: JsonObject | null, name: string): JsonObject | null {
  return asObject(member(of, name));
}

/** The objects of a member that is a list; what is no object in it is left out. */
export function objects(of: JsonObject | null, name: string): JsonObject[] {
  return list(of, name)
    .map(asObject)
    .filter((item) => item !== null);
}

/** How many entries of a member that ought to be a list of objects are none; one when there is something else than a list. */
export function strangers(of: JsonObject | null, name: string): number {
  const value = member(of, name);
  if (value === undefined || value === null) return 0;
  return Array.isArray(value) ? value.length - objects(of, name).length : 1;
}

/** The texts of a member that is a list; what is no text in it is left out. */
export function texts(of: JsonObject | null, name: string): string[] {
  return list(of, name).filter((item) => typeof item === "string");
}

export function list(of: JsonObject | null, name: string): readonly unknown[] {
  const value = member(of, name);
  return Array.isArray(value) ? value : [];
}
