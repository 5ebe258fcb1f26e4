// Faults, and the step that refuses each. A row holds twice: with all steps the fault is refused by the step it names, and with
// that step left out the false signature would be believed. A step without a row, or one that nothing needs, turns this red.
import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { type KeyLife, SIGN_PREDICATE, UNLIMITED } from "../../model/trust.ts";
import type { Circumstances, LoadedKey } from "./examination.ts";
import { publicKeyOf } from "./public-key.ts";
import { loadRoot } from "./roots.ts";
import { signedBundle } from "./signed.ts";
import { SIGSTORE_STEPS, type Step } from "./steps.ts";
import { type Deployment, deployment, IDENTITY, ISSUER } from "./test-support/deployment.ts";
import { verifySigned } from "./verify-signed.ts";

/** The authorities' own certificates begin when they are made. */
const NOW = new Date(Math.ceil(Date.now() / 1000) * 1000).toISOString();
const SHA256 = "a".repeat(64);
const SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

let ours: Deployment;
let theirs: Deployment;
const releaseKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const otherKey = generateKeyPairSync("ec", { namedCurve: "P-256" });

beforeAll(async () => {
  [ours, theirs] = await Promise.all([deployment(new Date(NOW)), deployment(new Date(NOW))]);
});

interface Case {
  readonly bundle: Buffer;
  readonly root?: Buffer;
  readonly life?: Partial<KeyLife & { readonly needsLog: boolean }>;
  readonly identity?: string;
  readonly now?: string;
}

const HOUR = 3_600_000;
const hoursAfter = (hours: number): string =>
  new Date(Date.parse(NOW) + hours * HOUR).toISOString();

/** What is right, in each of the ways in which it can be. */
const RIGHT: readonly (readonly [string, () => Promise<Case>])[] = [
  ["a certificate, logged", async () => ({ bundle: await ours.bundle() })],
  [
    "a certificate, logged and stamped",
    async () => ({ bundle: await ours.bundle({ withTimestamp: true }) }),
  ],
  [
    "a certificate that has ended since",
    async () => ({ bundle: await ours.bundle(), now: hoursAfter(48) }),
  ],
  ["a key", async () => ({ bundle: await ours.bundle({ key: releaseKey, withLog: false }) })],
  [
    "a key whose signature is logged, as it demands",
    async () => ({ bundle: await ours.bundle({ key: releaseKey }), life: { needsLog: true } }),
  ],
  [
    "a key that has ended since it signed, as the log proves",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey }),
      life: { notAfter: hoursAfter(1) },
      now: hoursAfter(48),
    }),
  ],
  [
    "a key that was revoked after it signed, as a timestamp proves",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false, withTimestamp: true }),
      life: { revokedAt: hoursAfter(1) },
      now: hoursAfter(48),
    }),
  ],
];

/** Fault, step, and what it is made of. */
const FAULTS: readonly (readonly [string, string, () => Promise<Case>])[] = [
  [
    "a root whose log has no start of validity",
    "root",
    async () => ({
      bundle: await ours.bundle(),
      root: ours.root((root) => {
        for (const log of root.tlogs) log.publicKey.validFor = undefined;
        return root;
      }),
    }),
  ],
  [
    "a timestamp of an authority that nobody trusts",
    "time",
    async () => ({
      bundle: await ours.bundle({ withTimestamp: true }),
      root: ours.root((root) => ({ ...root, timestampAuthorities: [] })),
    }),
  ],
  [
    "a certificate of another authority of the same name",
    "certificate",
    async () => ({
      bundle: await theirs.bundle(),
      root: theirs.root((root) => ({
        ...root,
        certificateAuthorities: JSON.parse(ours.root().toString()).certificateAuthorities,
      })),
    }),
  ],
  [
    "a certificate that no certificate log has",
    "certificate",
    async () => ({
      bundle: await ours.bundle(),
      root: ours.root((root) => ({ ...root, ctlogs: [] })),
    }),
  ],
  [
    "a certificate that had ended when it signed",
    "certificate",
    async () => {
      const late = await deployment(new Date(hoursAfter(1)));
      const root = JSON.parse(ours.root().toString());
      root.timestampAuthorities = JSON.parse(late.root().toString()).timestampAuthorities;
      return { bundle: await stampedBy(late), root: Buffer.from(JSON.stringify(root)) };
    },
  ],
  [
    "a certificate for servers",
    "usage",
    async () => ({ bundle: await ours.bundle({ usage: SERVER_AUTH }) }),
  ],
  [
    "an identity that begins like a trusted one",
    "identity",
    async () => ({ bundle: await ours.bundle({ identity: `${IDENTITY}-evil` }) }),
  ],
  [
    "the identity at another issuer",
    "identity",
    async () => ({ bundle: await ours.bundle({ issuer: "https://issuer.example.evil" }) }),
  ],
  [
    "an identity in whose place a dot means any character",
    "identity",
    async () => ({
      bundle: await ours.bundle({ identity: IDENTITY.replace("git.example", "gitxexample") }),
    }),
  ],
  [
    "an entry of another log",
    "log",
    async () => ({
      bundle: await ours.bundle(),
      root: ours.root((root) => ({ ...root, tlogs: JSON.parse(theirs.root().toString()).tlogs })),
    }),
  ],
  [
    "an entry whose time was changed",
    "log",
    async () => ({
      bundle: await ours.bundle({
        changeEntry: (entry) => ({
          ...entry,
          integratedTime: String(Number(entry["integratedTime"]) + 1),
        }),
      }),
    }),
  ],
  [
    "an entry of a key's signature that was changed",
    "log",
    async () => ({
      bundle: await ours.bundle({
        key: releaseKey,
        changeEntry: (entry) => ({ ...entry, integratedTime: "1" }),
      }),
    }),
  ],
  [
    "a signature by another key than the certificate's",
    "signature",
    async () => ({ bundle: await ours.bundle({ signingKey: otherKey.privateKey }) }),
  ],
  [
    "a signature by a key that is not trusted",
    "signature",
    async () => ({ bundle: await ours.bundle({ key: otherKey, withLog: false }) }),
  ],
  [
    "a key that does not count yet",
    "key-life",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false }),
      life: { notBefore: hoursAfter(1) },
    }),
  ],
  [
    "a key that has ended, without proof of when it signed",
    "key-life",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false }),
      life: { notAfter: hoursAfter(-1) },
    }),
  ],
  [
    "a key that had ended when it signed",
    "key-life",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey }),
      life: { notAfter: hoursAfter(-1) },
    }),
  ],
  [
    "a key that demands a log, without one",
    "key-life",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false }),
      life: { needsLog: true },
    }),
  ],
  [
    "a revoked key",
    "revocation",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false }),
      life: { revokedAt: hoursAfter(-1) },
    }),
  ],
  [
    "a revoked key whose signature claims no proved time",
    "revocation",
    async () => ({
      bundle: await ours.bundle({ key: releaseKey, withLog: false }),
      life: { revokedAt: hoursAfter(1) },
      now: hoursAfter(2),
    }),
  ],
  [
    "a signature of something else",
    "subject",
    async () => ({ bundle: await ours.bundle({ sha256: "b".repeat(64) }) }),
  ],
  [
    "an attestation where a signature is wanted",
    "predicate",
    async () => ({
      bundle: await ours.bundle({ predicateType: "https://slsa.dev/provenance/v1" }),
    }),
  ],
];

/** A bundle of ours that was stamped by another's authority, an hour later. */
async function stampedBy(late: Deployment): Promise<Buffer> {
  const bundle = JSON.parse((await ours.bundle({ withLog: true })).toString());
  const signature = Buffer.from(bundle.dsseEnvelope.signatures[0].sig, "base64");
  bundle.verificationMaterial.timestampVerificationData = {
    rfc3161Timestamps: [{ signedTimestamp: (await late.stamp(signature)).toString("base64") }],
  };
  return Buffer.from(JSON.stringify(bundle));
}

function outcome(made: Case, steps: readonly Step[]): { outcome: string; step: string | null } {
  const key: LoadedKey = {
    id: "release",
    pem: "",
    ...UNLIMITED,
    ...made.life,
    ...publicKeyOf(releaseKey.publicKey, "release"),
  };
  const root = loadRoot("ours", parseTrustedRoot(made.root ?? ours.root(), "root.json"));
  const circumstances: Circumstances = {
    trust: {
      keys: [key],
      identities: [{ id: "ci", identity: IDENTITY, issuer: ISSUER, isGlob: false, root: "ours" }],
      certificates: [],
      roots: [root],
    },
    now: made.now ?? NOW,
    verifiesDigest: null,
  };
  const wanted = { sha256: SHA256, bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const claim = verifySigned(signedBundle(made.bundle, "test"), wanted, circumstances, steps);
  return { outcome: claim.outcome, step: claim.refusal?.step ?? null };
}

describe("what is right is believed", () => {
  test.each(RIGHT)("%s", async (_, make) => {
    expect(outcome(await make(), SIGSTORE_STEPS)).toEqual({ outcome: "verified", step: null });
  });
});

describe("a fault is refused by its step, and by no other", () => {
  test.each(FAULTS)("%s: %s", async (_, step, make) => {
    const made = await make();
    const others = SIGSTORE_STEPS.filter(({ name }) => name !== step);
    expect([outcome(made, SIGSTORE_STEPS), outcome(made, others)]).toEqual([
      { outcome: "refused", step },
      { outcome: "verified", step: null },
    ]);
  });

  test("every step has a fault", () => {
    const covered = new Set(FAULTS.map(([, step]) => step));
    expect(SIGSTORE_STEPS.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });
});
