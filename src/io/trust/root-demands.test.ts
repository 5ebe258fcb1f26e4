// Deployments of one's own that do without logs or proofs of time, as the trust file says.
import { execFileSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { writeStatement } from "../../formats/in-toto.ts";
import { writeBundle } from "../../formats/sigstore-bundle.ts";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { type RootDemands, SIGN_PREDICATE } from "../../model/trust.ts";
import { localSigner } from "../keys/private-key.ts";
import { EVERYTHING, loadRoot } from "./roots.ts";
import { signEnvelope } from "./sign-statement.ts";
import { signedBundle } from "./signed.ts";
import {
  type BundleWishes,
  type Deployment,
  deployment,
  IDENTITY,
  ISSUER,
} from "./test-support/deployment.ts";
import { verifySigned } from "./verify-signed.ts";

const NOW = new Date(Math.ceil(Date.now() / 1000) * 1000);
const [TODAY, LATER, EARLIER] = [0, 48, -48].map((hours) =>
  new Date(NOW.getTime() + hours * 3_600_000).toISOString(),
) as [string, string, string];

/** Machines that test are busy. */
const START_TIMEOUT_MS = 60_000;

let ours: Deployment;
let theirs: Deployment;
beforeAll(async () => {
  [ours, theirs] = await Promise.all([deployment(NOW), deployment(NOW)]);
}, START_TIMEOUT_MS);

interface Asking {
  readonly wishes?: BundleWishes;
  readonly by?: () => Deployment;
  readonly demands?: Partial<RootDemands>;
  readonly now?: string;
  /** The root names no certificate log. */
  readonly withoutCertificateLog?: boolean;
}

async function told({ wishes = {}, by, demands, now, withoutCertificateLog }: Asking) {
  const bundle = await (by ?? (() => ours))().bundle({ withLog: false, ...wishes });
  const bytes = ours.root((root) =>
    withoutCertificateLog === true ? { ...root, ctlogs: [] } : root,
  );
  const root = loadRoot("acme", parseTrustedRoot(bytes, "root.json"), {
    ...EVERYTHING,
    ...demands,
  });
  const identity = { id: "ci", issuer: ISSUER, identity: IDENTITY, isGlob: false, root: "acme" };
  const trust = { keys: [], identities: [identity], certificates: [], roots: [root] };
  const wanted = { sha256: "a".repeat(64), bytes: null, predicateTypes: [SIGN_PREDICATE] };
  const circumstances = { trust, now: now ?? TODAY, verifiesDigest: null };
  return verifySigned(signedBundle(bundle, "test"), wanted, circumstances);
}

const ALONE = { log: false, time: false };

test.each<[string, Asking]>([
  ["with everything", { wishes: { withLog: true, withTimestamp: true } }],
  ["alone, while it counts", { demands: ALONE }],
  [
    "without a log, with a timestamp, afterwards",
    { demands: { log: false }, wishes: { withTimestamp: true }, now: LATER },
  ],
  [
    "with a timestamp that is not demanded, afterwards",
    { demands: ALONE, wishes: { withTimestamp: true }, now: LATER },
  ],
])("a certificate's signature %s is verified where no more is demanded", async (_, asking) => {
  expect(await told(asking)).toMatchObject({ outcome: "verified", refusal: null });
});

test("a time that nothing proves is not told", async () => {
  expect((await told({ demands: ALONE })).signedAt).toBeNull();
});

test.each<[string, Asking, string, RegExp]>([
  ["anything", {}, "time", /nothing proves when it was signed/],
  ["a proof of time", { demands: { log: false } }, "time", /nothing proves when it was signed/],
  ["an entry in a log", { demands: { time: false } }, "log", /expected 1 tlog entries, got 0/],
  [
    "a certificate that counts now",
    { demands: ALONE, now: LATER },
    "certificate",
    /^its certificate counts from .* until .*, which is not now, and nothing proves/,
  ],
  ["a certificate that counts already", { demands: ALONE, now: EARLIER }, "certificate", /not now/],
  [
    "the word of a certificate log",
    { demands: ALONE, withoutCertificateLog: true },
    "certificate",
    /./,
  ],
  ["the right authority", { demands: ALONE, by: () => theirs }, "certificate", /./],
  ["the right name", { demands: ALONE, wishes: { identity: "x@y.example" } }, "identity", /./],
  [
    "an entry that holds, though none is demanded",
    {
      demands: ALONE,
      wishes: {
        withLog: true,
        changeEntry: (entry) => ({ ...entry, canonicalizedBody: "e30=" }),
      },
    },
    "log",
    /./,
  ],
  [
    "the right timestamp, though none is demanded",
    { demands: ALONE, wishes: { withTimestamp: true }, by: () => theirs },
    "time",
    /./,
  ],
])("a certificate's signature without %s is refused", async (_, asking, step, reason) => {
  expect(await told(asking)).toMatchObject({
    outcome: "refused",
    refusal: { step, reason: expect.stringMatching(reason) },
  });
});

const noOpenssl = missingPrograms("openssl");
describe.skipIf(noOpenssl !== null)(`an authority of openssl's (${noOpenssl ?? "real"})`, () => {
  let folder = "";
  let bundle: Buffer;
  let root: Buffer;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulwark-authority-"));
    ({ bundle, root } = await ownAuthority(folder));
  }, START_TIMEOUT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const ask = (demands: Partial<RootDemands>, now = new Date().toISOString()): string => {
    const parsed = parseTrustedRoot(root, "root.json");
    const loaded = loadRoot("acme", parsed, { ...EVERYTHING, ...demands });
    const identity = { id: "ci", issuer: ISSUER, identity: IDENTITY, isGlob: false, root: "acme" };
    const trust = { keys: [], identities: [identity], certificates: [], roots: [loaded] };
    const wanted = { sha256: "a".repeat(64), bytes: null, predicateTypes: [SIGN_PREDICATE] };
    const circumstances = { trust, now, verifiesDigest: null };
    const { outcome, refusal } = verifySigned(signedBundle(bundle, "test"), wanted, circumstances);
    return [outcome, refusal?.step, refusal?.reason].filter((part) => part !== undefined).join(" ");
  };

  test("vouches with nothing but a certificate, while that counts, where the user says so", () => {
    const nothing = { log: false, certificateLog: false, time: false };
    expect([
      ask(nothing),
      ask(nothing, LATER),
      ask({ ...nothing, certificateLog: true }),
      ask({ ...nothing, log: true }),
      ask({ ...nothing, time: true }),
    ]).toEqual([
      "verified",
      expect.stringContaining("refused certificate its certificate counts from"),
      "refused certificate expected 1 SCTs, got 0",
      "refused log expected 1 tlog entries, got 0",
      expect.stringContaining("refused time nothing proves when it was signed"),
    ]);
  });
});

/** An authority, and a statement that is signed with a certificate of it for a day. */
async function ownAuthority(folder: string): Promise<{ bundle: Buffer; root: Buffer }> {
  const openssl = (...args: string[]): Buffer =>
    execFileSync("openssl", args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-subj", "/CN=acme authority"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.crt", "-days", "9", ...subject);
  openssl("req", ...key, "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=ci");
  const extensions = [
    `subjectAltName=URI:${IDENTITY}`,
    "extendedKeyUsage=codeSigning",
    "keyUsage=critical,digitalSignature",
    // Whom the authority asked who it is. @see https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md
    `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${ISSUER}`,
  ];
  writeFileSync(join(folder, "extensions"), extensions.join("\n"));
  const issuing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
  openssl(
    ...["x509", "-req", "-in", "leaf.csr", ...issuing, "-extfile", "extensions"],
    ...["-out", "leaf.crt"],
  );
  const der = (name: string): Buffer => openssl("x509", "-in", name, "-outform", "DER");
  const statement = writeStatement({
    ...{ sha256: "a".repeat(64), name: null },
    ...{ predicateType: SIGN_PREDICATE, predicate: {} },
  });
  const privateKey = createPrivateKey(readFileSync(join(folder, "leaf.key")));
  const envelope = await signEnvelope(statement, localSigner(privateKey, "leaf"));
  const certificates = [{ rawBytes: der("ca.crt").toString("base64") }];
  const root = {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    certificateAuthorities: [
      { certChain: { certificates }, validFor: { start: "2020-01-01T00:00:00Z" } },
    ],
  };
  return {
    bundle: writeBundle({
      signer: { kind: "certificate", certificate: der("leaf.crt") },
      envelope,
    }),
    root: Buffer.from(JSON.stringify(root)),
  };
}
