import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parseEncryptedKey } from "./cosign-key.ts";
import { IN_TOTO_PAYLOAD, preAuthEncoding } from "./dsse.ts";
import { parseStatement, writeStatement } from "./in-toto.ts";
import { parseNotationJws } from "./notation-jws.ts";
import { parseBundle, writeBundle } from "./sigstore-bundle.ts";
import { parseSimpleSigning, writeSimpleSigning } from "./simplesigning.ts";
import { parseTrustFile } from "./trust-file.ts";
import { parseTrustedRoot } from "./trusted-root.ts";

const ENVELOPE = {
  payloadType: IN_TOTO_PAYLOAD,
  payload: Buffer.from("{}"),
  signatures: [{ keyId: null, bytes: Buffer.of(1, 2, 3) }],
};

function bundleWith(change: (bundle: Record<string, unknown>) => unknown): Buffer {
  const signer = { kind: "key", hint: "aGludA==" } as const;
  const bundle: unknown = JSON.parse(writeBundle({ signer, envelope: ENVELOPE }).toString());
  return Buffer.from(JSON.stringify(change(bundle as Record<string, unknown>)));
}

test("a bundle that is written is read again", () => {
  expect(parseBundle(bundleWith((bundle) => bundle))).toMatchObject({
    version: "0.3",
    signer: { kind: "key", hint: "aGludA==" },
    content: { kind: "envelope", envelope: ENVELOPE },
    entryCount: 0,
    timestampCount: 0,
  });
});

test.each([
  [
    "of another version",
    { mediaType: "application/vnd.dev.sigstore.bundle.v0.4+json" },
    "mediaType",
  ],
  ["without a signer", { verificationMaterial: { tlogEntries: [] } }, "verificationMaterial"],
  [
    "with two signers",
    { verificationMaterial: { publicKey: {}, certificate: { rawBytes: "AAAA" } } },
    "verificationMaterial",
  ],
  [
    "with a chain in version 0.3",
    { verificationMaterial: { x509CertificateChain: { certificates: [{ rawBytes: "AAAA" }] } } },
    "x509CertificateChain",
  ],
  ["with two contents", { messageSignature: { signature: "AAAA" } }, "exactly one signed content"],
  [
    "with two signatures",
    {
      dsseEnvelope: {
        payload: "",
        payloadType: "x",
        signatures: [{ sig: "AA==" }, { sig: "AA==" }],
      },
    },
    "exactly one signature",
  ],
  [
    "with bytes that are not base64",
    { dsseEnvelope: { payload: "!", payloadType: "x", signatures: [{ sig: "AA==" }] } },
    "payload is not base64",
  ],
])("refuses a bundle %s", (_, change, place) => {
  expect(() => parseBundle(bundleWith((bundle) => ({ ...bundle, ...change })))).toThrow(place);
});

test("signs over type and payload with their lengths", () => {
  expect(
    preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString(),
  ).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
});

test("a statement that is written is read again", () => {
  const sha256 = "a".repeat(64);
  const bytes = writeStatement({
    sha256,
    name: null,
    predicateType: "https://x",
    predicate: { a: 1 },
  });
  expect(parseStatement(bytes)).toEqual({
    subjects: [{ name: null, digests: new Map([["sha256", sha256]]) }],
    predicateType: "https://x",
    predicate: { a: 1 },
  });
});

test("a payload of an older signature that is written is read again", () => {
  expect(parseSimpleSigning(writeSimpleSigning("sha256:aa", "index.docker.io/a/b"))).toEqual({
    digest: "sha256:aa",
    reference: "index.docker.io/a/b",
    isKnownType: true,
  });
});

const READERS: readonly (readonly [string, (bytes: Uint8Array) => unknown])[] = [
  ["bundle", parseBundle],
  ["statement", parseStatement],
  ["payload of an older signature", parseSimpleSigning],
  ["notation envelope", parseNotationJws],
  ["trusted root", (bytes) => parseTrustedRoot(bytes, "root.json")],
  ["trust file", (bytes) => parseTrustFile(bytes, "trust.yaml")],
  ["encrypted key", (bytes) => parseEncryptedKey({ label: "X", bytes: Buffer.from(bytes) })],
];

test.each(READERS)("reading a %s throws nothing but its own errors", (_, read) => {
  const names = fc.constantFrom(
    "mediaType",
    "verificationMaterial",
    "dsseEnvelope",
    "certificate",
    "payload",
    "critical",
    "subject",
    "protected",
    "header",
    "tlogs",
    "keys",
    "identities",
    "trust",
    "kdf",
    "params",
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom("application/vnd.dev.sigstore.bundle.v0.3+json", "AAAA", "x", 1, null, true),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(names, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    value.map((made) => Buffer.from(JSON.stringify(made))),
  );
  fc.assert(
    fc.property(input, (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 300 },
  );
});
