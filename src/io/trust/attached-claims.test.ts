// Bounds: many signatures, long annotations, and what is no signature at all.
import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { SIMPLESIGNING_MEDIA_TYPE } from "../../formats/cosign-layer.ts";
import { writeStatement } from "../../formats/in-toto.ts";
import { BUNDLE_MEDIA_TYPE } from "../../formats/sigstore-bundle.ts";
import { parseDigest } from "../../model/digest.ts";
import { SIGN_PREDICATE, UNLIMITED } from "../../model/trust.ts";
import type { Referrer } from "../attachments/referrers-of.ts";
import { localSigner } from "../keys/private-key.ts";
import { attachedClaims } from "./attached-claims.ts";
import { publicKeyOf } from "./public-key.ts";
import { keyBundle, signEnvelope } from "./sign-statement.ts";

const SHA256 = "a".repeat(64);
const DIGEST = parseDigest(`sha256:${"0".repeat(64)}`);
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const signer = localSigner(privateKey, "release");
const statement = { sha256: SHA256, name: null, predicateType: SIGN_PREDICATE, predicate: {} };

function referrer(
  bytes: Buffer,
  mediaType: string,
  annotations = new Map<string, string>(),
): Referrer {
  const layer = {
    ...{ mediaType, digest: DIGEST, sizeBytes: bytes.length, annotations },
    ...{ platform: null, artifactType: null, urls: [] },
  };
  return {
    digest: DIGEST,
    bytes: Buffer.alloc(0),
    oldTag: null,
    mediaType: "",
    artifactType: null,
    annotations: new Map(),
    layers: [layer],
    blob: async () => bytes,
  };
}

async function answers(referrers: readonly Referrer[]): Promise<string[]> {
  const key = { id: "release", pem: "", ...UNLIMITED, ...publicKeyOf(publicKey, "release") };
  const trust = { keys: [key], identities: [], certificates: [], roots: [] };
  const wanted = { sha256: SHA256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const now = "2026-11-01T00:00:00Z";
  const { claims, unread } = await attachedClaims(referrers, wanted, { trust, now });
  const told = claims.map(({ outcome, refusal }) => [outcome, refusal?.step].join(" ").trim());
  return [...told, ...unread];
}

async function bundle(): Promise<Buffer> {
  return keyBundle(await signEnvelope(writeStatement(statement), signer), signer);
}

test("two hundred signatures are verified, at less than a millisecond each", async () => {
  const one = referrer(await bundle(), BUNDLE_MEDIA_TYPE);
  const before = process.cpuUsage();
  const found = await answers(Array.from({ length: 200 }, () => one));
  const { user, system } = process.cpuUsage(before);
  expect(new Set(found)).toEqual(new Set(["verified"]));
  expect(found).toHaveLength(200);
  // The bound is one; machines that test are busy.
  expect((user + system) / 1000 / 200).toBeLessThan(5);
});

test("after two thousand, no more are verified, and that is said", async () => {
  const one = referrer(Buffer.from("{"), BUNDLE_MEDIA_TYPE);
  const found = await answers(Array.from({ length: 2_100 }, () => one));
  expect([found.length, found.at(-1)]).toEqual([2_001, "more than 2000 signatures"]);
});

test.each([
  [
    "cut JSON",
    async () => referrer((await bundle()).subarray(0, -9), BUNDLE_MEDIA_TYPE),
    "refused form",
  ],
  ["an empty bundle", async () => referrer(Buffer.from("{}"), BUNDLE_MEDIA_TYPE), "refused form"],
  [
    "an annotation of ten megabytes",
    async () =>
      referrer(
        Buffer.from("{}"),
        SIMPLESIGNING_MEDIA_TYPE,
        new Map([["dev.cosignproject.cosign/signature", "A".repeat(10 << 20)]]),
      ),
    "refused form",
  ],
  [
    "an envelope in COSE that is none",
    async () => referrer(Buffer.alloc(4), "application/cose"),
    "refused form",
  ],
])("%s is a refused claim", async (_, make, wanted) => {
  expect(await answers([await make()])).toEqual([wanted]);
});

test("a changed payload is refused, and what is no signature is passed over", async () => {
  const changed = (await bundle()).toString().replace(/"payload":"(....)/, '"payload":"eyAg');
  expect(
    await answers([
      referrer(Buffer.from(changed), BUNDLE_MEDIA_TYPE),
      referrer(Buffer.from("SBOM"), "application/vnd.cyclonedx+json"),
    ]),
  ).toEqual(["refused form"]);
});

test("no more bytes are read than is said, and the smallest come first", async () => {
  const small = await bundle();
  const large = Buffer.concat([small, Buffer.alloc(1 << 20, " ")]);
  const trust = { keys: [], identities: [], certificates: [], roots: [] };
  const wanted = { sha256: SHA256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const circumstances = { trust, now: "2026-11-01T00:00:00Z", bytesMax: 1 << 20 };
  const both = [referrer(large, BUNDLE_MEDIA_TYPE), referrer(small, BUNDLE_MEDIA_TYPE)];
  const { claims, unread } = await attachedClaims(both, wanted, circumstances);
  expect([claims.length, unread]).toEqual([1, ["1 signature or attestation past 1048576 bytes"]]);
});
