// One line of the evidence log. In canonical form (RFC 8785), so that anybody can check it with a JSON library and a hash:
//
//   {"entry":{…},"hash":"64 hex digits"}
//   {"entry":{…},"hash":"64 hex digits","signature":"base64 of 64 bytes"}
//
// `hash` is the sha256 of the same object without `hash`; `signature` is over the bytes of `entry`, and so, because the entry
// names the hash before it, over everything before.
import type { EvidenceEntry } from "../model/evidence-entry.ts";
import { canonicalJson, isCanonicalJson } from "./canonical-json.ts";

/** Longer lines are not ours. */
export const LINE_BYTES_MAX: number = 64 * 1024;

/** The pieces of a line, as they stand there. Nothing of it has been checked but the layout. */
export interface EvidenceLine {
  readonly entry: Buffer;
  readonly hash: string;
  /** base64; null when the line has none. */
  readonly signature: string | null;
}

const SCHEMA = "bulwark.dev/evidence/v1";
const HEAD = Buffer.from('{"entry":');
const HASH = Buffer.from(',"hash":"');
const SIGNATURE = Buffer.from('","signature":"');
const END = Buffer.from('"}');
const HASH_LENGTH = 64;
const SIGNATURE_LENGTH = 88;
const PLAIN_TAIL = HASH.length + HASH_LENGTH + END.length;
const SIGNED_TAIL = PLAIN_TAIL + SIGNATURE.length + SIGNATURE_LENGTH;

/** Takes a line apart; null for anything that is not laid out as one. */
export function splitEvidenceLine(line: Buffer): EvidenceLine | null {
  if (line.length > LINE_BYTES_MAX || !stands(line, HEAD, 0)) return null;
  if (!stands(line, END, line.length - END.length)) return null;
  const signed = tailAt(line, line.length - SIGNED_TAIL, SIGNATURE_LENGTH);
  return signed ?? tailAt(line, line.length - PLAIN_TAIL, null);
}

function tailAt(line: Buffer, start: number, signatureLength: number | null): EvidenceLine | null {
  // An entry is an object, and has at least its braces.
  if (start < HEAD.length + 2 || !stands(line, HASH, start) || line[start - 1] !== 0x7d)
    return null;
  const hashEnd = start + HASH.length + HASH_LENGTH;
  const hash = line.toString("latin1", start + HASH.length, hashEnd);
  if (!/^[0-9a-f]{64}$/.test(hash)) return null;
  const entry = line.subarray(HEAD.length, start);
  if (signatureLength === null) return { entry, hash, signature: null };
  if (!stands(line, SIGNATURE, hashEnd)) return null;
  const signature = line.toString("latin1", hashEnd + SIGNATURE.length, line.length - END.length);
  return /^[A-Za-z0-9+/]{85}[AQgw]==$/.test(signature) ? { entry, hash, signature } : null;
}

function stands(line: Buffer, text: Buffer, at: number): boolean {
  const end = at + text.length;
  return at >= 0 && end <= line.length && line.compare(text, 0, text.length, at, end) === 0;
}

/** The pieces of what a line's hash is over. */
export function hashedPieces(line: Pick<EvidenceLine, "entry" | "signature">): (Buffer | string)[] {
  const tail = line.signature === null ? "}" : `,"signature":"${line.signature}"}`;
  return [HEAD, line.entry, tail];
}

/** Writes an entry: what is hashed and signed. */
export function evidenceEntryText(entry: EvidenceEntry): string {
  return canonicalJson(entry);
}

/** Writes the line, without its end. */
export function evidenceLineText(line: {
  readonly entry: string;
  readonly hash: string;
  readonly signature: string | null;
}): string {
  const signature = line.signature === null ? "" : `,"signature":"${line.signature}"`;
  return `{"entry":${line.entry},"hash":"${line.hash}"${signature}}`;
}

/** Reads an entry; null for what is not one, or not written in the canonical form. Never throws. */
export function parseEvidenceEntry(bytes: Buffer): EvidenceEntry | null {
  try {
    const text = bytes.toString("utf8");
    const value: unknown = JSON.parse(text);
    return isEntry(value) && isCanonicalJson(text, value) ? value : null;
  } catch {
    return null;
  }
}

type Shape = Readonly<Record<string, (value: unknown) => boolean>>;

const isText = (value: unknown): boolean => typeof value === "string";
const isHex = (value: unknown): boolean => typeof value === "string" && /^[0-9a-f]+$/.test(value);
const isCount = (value: unknown): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const orNull =
  (test: (value: unknown) => boolean) =>
  (value: unknown): boolean =>
    value === null || test(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

function shaped(shape: Shape): (value: unknown) => boolean {
  const tests = Object.entries(shape);
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    for (const [name, test] of tests)
      if (!Object.hasOwn(value, name) || !test(Reflect.get(value, name))) return false;
    return true;
  };
}

const NAMED = shaped({ name: isText, digest: orNull(isText) });
const DECISION = shaped({
  action: isText,
  command: isText,
  outcome: isText,
  reasons: isTexts,
  subject: NAMED,
  policy: orNull(NAMED),
  data: orNull(shaped({ kind: isText, builtAt: orNull(isText), ageHours: orNull(isCount) })),
  actor: shaped({ kind: isText, name: isText, host: orNull(isText) }),
  pipeline: orNull(
    shaped({
      provider: isText,
      repository: orNull(isText),
      commit: orNull(isText),
      ref: orNull(isText),
      pipeline: orNull(isText),
      job: orNull(isText),
      url: orNull(isText),
      actor: orNull(isText),
    }),
  ),
});
const LOG = shaped({ id: isHex, publicKey: isText });
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

const HEADS = shaped({
  schema: (value) => value === SCHEMA,
  seq: (value) => isCount(value) && value !== 0,
  previous: orNull(isHex),
  time: (value) => typeof value === "string" && TIME.test(value),
  tool: isText,
  key: isHex,
});

/** What each kind of entry carries. */
const KINDS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ["decision", shaped({ decision: DECISION })],
  ["begin", shaped({ log: LOG })],
  ["segment", shaped({ log: LOG })],
  ["key", shaped({ log: LOG })],
  ["torn", shaped({ torn: shaped({ bytes: isCount, sha256: orNull(isHex), unsigned: isCount }) })],
]);

function isEntry(value: unknown): value is EvidenceEntry {
  if (!HEADS(value)) return false;
  const kind: unknown = Reflect.get(value as object, "kind");
  return typeof kind === "string" && KINDS.get(kind)?.(value) === true;
}
