import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EvidenceEntry } from "../model/evidence-entry.ts";
import {
  evidenceEntryText,
  evidenceLineText,
  hashedPieces,
  parseEvidenceEntry,
  splitEvidenceLine,
} from "./evidence-line.ts";

const ENTRY: EvidenceEntry = {
  schema: "bulwark.dev/evidence/v1",
  seq: 7,
  previous: "ab".repeat(32),
  time: "2026-11-25T10:00:00.000Z",
  tool: "bulwark 1.0.0",
  key: "0123456789abcdef",
  kind: "torn",
  torn: { bytes: 12, sha256: "cd".repeat(32), unsigned: 0 },
};
const TEXT =
  `{"key":"0123456789abcdef","kind":"torn","previous":"${"ab".repeat(32)}","schema":"bulwark.dev/evidence/v1","seq":7,` +
  `"time":"2026-11-25T10:00:00.000Z","tool":"bulwark 1.0.0","torn":{"bytes":12,"sha256":"${"cd".repeat(32)}","unsigned":0}}`;
const HASH = "ef".repeat(32);
const SIGNATURE = Buffer.alloc(64, 1).toString("base64");
const signed = `{"entry":${TEXT},"hash":"${HASH}","signature":"${SIGNATURE}"}`;
const plain = `{"entry":${TEXT},"hash":"${HASH}"}`;

describe("a line", () => {
  test("is written in canonical form", () => {
    expect(evidenceEntryText(ENTRY)).toBe(TEXT);
    expect(evidenceLineText({ entry: TEXT, hash: HASH, signature: null })).toBe(plain);
    expect(evidenceLineText({ entry: TEXT, hash: HASH, signature: SIGNATURE })).toBe(signed);
  });

  test("is taken apart into what it was made of", () => {
    const bytes = Buffer.from(TEXT);
    expect(splitEvidenceLine(Buffer.from(plain))).toEqual({
      entry: bytes,
      hash: HASH,
      signature: null,
    });
    const parts = splitEvidenceLine(Buffer.from(signed));
    expect(parts).toEqual({ entry: bytes, hash: HASH, signature: SIGNATURE });
    expect(parseEvidenceEntry(bytes)).toEqual(ENTRY);
  });

  test("is hashed as the object without its hash", () => {
    const object = { entry: ENTRY, signature: SIGNATURE };
    const pieces = hashedPieces({ entry: Buffer.from(TEXT), signature: SIGNATURE });
    const hash = createHash("sha256");
    for (const piece of pieces) hash.update(piece);
    const text = `{"entry":${TEXT},"signature":${JSON.stringify(object.signature)}}`;
    expect(hash.digest("hex")).toBe(createHash("sha256").update(text).digest("hex"));
  });

  test.each([
    ["nothing", ""],
    ["something else", "{}"],
    ["a blank too many", ` ${plain}`],
    ["a hash in capitals", plain.replace(HASH, HASH.toUpperCase())],
    ["a hash that is cut", plain.replace(HASH, HASH.slice(1))],
    ["a signature that is cut", signed.replace(SIGNATURE, SIGNATURE.slice(1))],
    ["a signature of another writing", signed.replace("==", "=A")],
    ["bits that no signature has", signed.replace(/.==/, "B==")],
    ["more than a line may hold", plain.replace("bulwark 1", "b".repeat(70_000))],
  ])("that is no line: %s", (_, line) => {
    expect(splitEvidenceLine(Buffer.from(line))).toBeNull();
  });

  test("never throws, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, isFramed) => {
        const framed = isFramed
          ? Buffer.concat([Buffer.from('{"entry":{'), bytes, Buffer.from(`},"hash":"${HASH}"}`)])
          : Buffer.from(bytes);
        splitEvidenceLine(framed);
        parseEvidenceEntry(framed);
      }),
    );
  });
});

describe("an entry", () => {
  test.each([
    ["blanks", TEXT.replace(":", ": ")],
    ["members in another order", TEXT.replace(/^\{("key":"[^"]+"),(.*)\}$/, "{$2,$1}")],
    ["a name that stands twice", TEXT.replace('"seq":7', '"seq":7,"seq":7')],
    ["another schema", TEXT.replace("/v1", "/v2")],
    ["number 0", TEXT.replace('"seq":7', '"seq":0')],
    ["a number with a fraction", TEXT.replace('"seq":7', '"seq":7.5')],
    ["a time of its own", TEXT.replace("T10:00", " 10:00")],
    ["a kind that there is not", TEXT.replace('"kind":"torn"', '"kind":"toString"')],
    ["nothing of its kind", TEXT.replace('"torn":{', '"torm":{')],
    ["another kind of count", TEXT.replace('"bytes":12', '"bytes":"12"')],
    ["a depth without end", "[".repeat(30_000) + "]".repeat(30_000)],
  ])("that is refused: %s", (_, text) => {
    expect(parseEvidenceEntry(Buffer.from(text))).toBeNull();
  });

  test("may say more than we know", () => {
    const more = TEXT.replace('"kind"', '"keyring":"new","kind"');
    expect(parseEvidenceEntry(Buffer.from(more))).toMatchObject({ seq: 7 });
  });
});
