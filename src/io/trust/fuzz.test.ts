// Right signatures, damaged and altered anywhere: verification never throws, and whatever still counts says what was signed.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { NOTATION_COSE, NOTATION_JWS } from "../../formats/notation-envelope.ts";
import { BUNDLE_MEDIA_TYPE } from "../../formats/sigstore-bundle.ts";
import { altered, damaged } from "../../formats/test-support/mutations.ts";
import { hexOf } from "../../model/digest.ts";
import { SIGN_PREDICATE } from "../../model/trust.ts";
import type { Referrer } from "../attachments/referrers-of.ts";
import { type AttachedClaims, attachedClaims } from "./attached-claims.ts";
import { FaultLab, makeSigners, NOW } from "./test-support/fault-lab.ts";

let lab: FaultLab;
beforeAll(async () => {
  lab = await FaultLab.open(await makeSigners());
});
afterAll(() => lab.close());

function referrer(bytes: Buffer, mediaType: string): Referrer {
  const { digest } = lab.image;
  const facts = { platform: null, artifactType: null, urls: [] };
  return {
    ...{ digest, bytes, oldTag: null, mediaType: "", artifactType: null },
    annotations: new Map(),
    layers: [{ mediaType, digest, sizeBytes: bytes.length, annotations: new Map(), ...facts }],
    blob: async () => bytes,
  };
}

function ask(bytes: Buffer, mediaType: string): Promise<AttachedClaims> {
  const sha256 = hexOf(lab.image.digest);
  const wanted = { sha256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const circumstances = { trust: lab.trustOf({}), now: NOW.toISOString() };
  return attachedClaims([referrer(bytes, mediaType)], wanted, circumstances);
}

const SEEDS: readonly (readonly [string, string, () => Promise<Buffer>])[] = [
  ["a bundle by a key", BUNDLE_MEDIA_TYPE, () => lab.keyBundle()],
  [
    "a bundle by a certificate, logged and stamped",
    BUNDLE_MEDIA_TYPE,
    () => lab.bundle({ withTimestamp: true }),
  ],
  ["Notation in JWS", NOTATION_JWS, async () => lab.jws()],
  ["Notation in COSE", NOTATION_COSE, async () => lab.cose()],
];

describe("damaged and altered", () => {
  test.each(SEEDS)("%s", async (_, mediaType, make) => {
    const seed = await make();
    const { claims: right, statements } = await ask(seed, mediaType);
    expect(right.map(({ outcome }) => outcome)).toEqual(["verified"]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged(seed), altered(seed)), async (bytes) => {
        const found = await ask(bytes, mediaType);
        expect([found.claims.length, found.unread]).toEqual([1, []]);
        if (found.claims[0]?.outcome !== "verified") return;
        expect(found.statements).toEqual(statements);
        expect(found.claims[0].signatory).toEqual(right[0]?.signatory);
      }),
      { numRuns: 200 },
    );
  });
});
