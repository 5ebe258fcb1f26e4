// Faults of signatures: what is attached is wrong in one way, and the registry is right.
import { createHash, sign } from "node:crypto";
import { NOTATION_COSE, NOTATION_JWS } from "../../../formats/notation-envelope.ts";
import { hoursAfter } from "./fault-lab.ts";
import {
  changed,
  type FaultRow,
  flipped,
  type Json,
  material,
  rootWith,
  row,
} from "./fault-row.ts";
import { NOTATION_FAULTS } from "./notation-faults.ts";
import { PROOF_FAULTS } from "./proof-faults.ts";

/** What is right, in each of the ways in which it can be. */
export const RIGHT: readonly FaultRow[] = [
  row("a certificate, logged", "verified", (lab) => lab.bundle()),
  row("a certificate, logged and stamped", "verified", (lab) =>
    lab.bundle({ withTimestamp: true }),
  ),
  row("a key", "verified", (lab) => lab.keyBundle()),
  row("a key, logged and stamped", "verified", (lab) =>
    lab.keyBundle({ withLog: true, withTimestamp: true }),
  ),
  [
    "a key, in cosign's older form",
    "verified",
    async (lab) => {
      lab.oldTag(0, (bytes) => sign("sha256", bytes, lab.signers.releaseKey.privateKey));
      return undefined;
    },
  ],
  [
    "Notation in JWS",
    "verified",
    async (lab) => {
      lab.attach(lab.jws(), NOTATION_JWS);
      return { subjects: ["O=Acme, CN=release"] };
    },
  ],
  [
    "Notation in COSE",
    "verified",
    async (lab) => {
      lab.attach(lab.cose({ expiry: hoursAfter(1) }), NOTATION_COSE);
      return { subjects: ["O=Acme, CN=release"] };
    },
  ],
  [
    "a right signature beside a wrong one",
    "verified",
    async (lab) => {
      lab.attach(await lab.keyBundle({ key: lab.signers.otherKey }));
      lab.attach(await lab.keyBundle());
      return undefined;
    },
  ],
];

/** A payload that says something more, though it is of the same image. */
const otherPayload = (bundle: Json): void => {
  const envelope = bundle.dsseEnvelope;
  const statement = JSON.parse(Buffer.from(envelope.payload, "base64").toString());
  statement.predicate = { more: true };
  envelope.payload = Buffer.from(JSON.stringify(statement)).toString("base64");
};

const otherSignature = (bundle: Json): void => {
  const [signature] = bundle.dsseEnvelope.signatures;
  signature.sig = flipped(signature.sig);
};

const TAMPERED: readonly FaultRow[] = [
  row("a changed payload, by a key", "refused at signature", async (lab) =>
    changed(await lab.keyBundle(), otherPayload),
  ),
  row("a changed payload, by a certificate", "refused at log", async (lab) =>
    changed(await lab.bundle(), otherPayload),
  ),
  row("a changed signature, by a key", "refused at signature", async (lab) =>
    changed(await lab.keyBundle(), otherSignature),
  ),
  row("a changed signature, by a certificate", "refused at log", async (lab) =>
    changed(await lab.bundle(), otherSignature),
  ),
  row("a certificate's signature by another key", "refused at signature", (lab) =>
    lab.bundle({ signingKey: lab.signers.otherKey.privateKey }),
  ),
  row("a signature by a key that is not trusted", "refused at signature", (lab) =>
    lab.keyBundle({ key: lab.signers.otherKey }),
  ),
  row("a key's signature under a trusted key's hint", "refused at signature", async (lab) =>
    changed(await lab.keyBundle({ key: lab.signers.otherKey }), (bundle) => {
      const { publicKey } = lab.signers.releaseKey;
      const spki = publicKey.export({ type: "spki", format: "der" });
      const hint = createHash("sha256").update(spki).digest("base64");
      material(bundle).publicKey = { hint };
    }),
  ),
  row("a certificate with one bit changed", "refused at certificate", async (lab) =>
    changed(await lab.bundle(), (bundle) => {
      const certificate = material(bundle).certificate;
      certificate.rawBytes = flipped(certificate.rawBytes);
    }),
  ),
  row("a certificate that is none", "refused at form", async (lab) =>
    changed(await lab.bundle(), (bundle) => {
      material(bundle).certificate = { rawBytes: Buffer.from("none").toString("base64") };
    }),
  ),
  row("somebody's certificate under another's signature", "refused at signature", async (lab) => {
    const other = JSON.parse((await lab.bundle()).toString());
    return changed(await lab.bundle(), (bundle) => {
      material(bundle).certificate = material(other).certificate;
    });
  }),
  row(
    "a certificate of another authority of the same name",
    "refused at certificate",
    async (lab) => lab.signers.theirs.bundle({ sha256: lab.image.digest.slice("sha256:".length) }),
  ),
  row(
    "a certificate that no certificate log has",
    "refused at certificate",
    (lab) => lab.bundle(),
    rootWith((root) => {
      root.ctlogs = [];
    }),
  ),
  row("a certificate for servers", "refused at usage", (lab) =>
    lab.bundle({ usage: "1.3.6.1.5.5.7.3.1" }),
  ),
  row("an identity that begins like a trusted one", "refused at identity", (lab) =>
    lab.bundle({ identity: "https://git.example/acme/app/release.yml@refs/heads/main-evil" }),
  ),
  row("an identity in whose place a dot means any character", "refused at identity", (lab) =>
    lab.bundle({ identity: "https://gitxexample/acme/app/release.yml@refs/heads/main" }),
  ),
  row("the identity at another issuer", "refused at identity", (lab) =>
    lab.bundle({ issuer: "https://issuer.example.evil" }),
  ),
];

const CONTENTS: readonly FaultRow[] = [
  row("a signature of something else", "refused at subject", (lab) =>
    lab.keyBundle({ sha256: "b".repeat(64) }),
  ),
  row("an attestation where a signature is wanted", "refused at predicate", (lab) =>
    lab.keyBundle({ predicateType: "https://slsa.dev/provenance/v1" }),
  ),
  row(
    "a signature where an attestation is wanted",
    "refused at predicate",
    (lab) => lab.keyBundle(),
    { predicateTypes: ["https://slsa.dev/provenance/v1"] },
  ),
  row(
    "an attestation of another predicate type that begins like the one that is wanted",
    "refused at predicate",
    (lab) => lab.keyBundle({ predicateType: "https://slsa.dev/provenance/v1.evil" }),
    { predicateTypes: ["https://slsa.dev/provenance/v1"] },
  ),
  row("an envelope that holds no statement", "refused at form", async (lab) =>
    changed(await lab.keyBundle(), (bundle) => {
      bundle.dsseEnvelope.payloadType = "text/plain";
    }),
  ),
  row("two signatures in one envelope", "refused at form", async (lab) =>
    changed(await lab.keyBundle(), (bundle) => {
      bundle.dsseEnvelope.signatures.push(bundle.dsseEnvelope.signatures[0]);
    }),
  ),
  row("truncated JSON", "refused at form", async (lab) => (await lab.keyBundle()).subarray(0, -9)),
  row("nothing at all", "refused at form", async () => Buffer.alloc(0)),
  row("bytes that are no text", "refused at form", async () => Buffer.alloc(64, 0xff)),
  row("a bundle of a version that nobody knows", "refused at form", async (lab) =>
    changed(await lab.keyBundle(), (bundle) => {
      bundle.mediaType = "application/vnd.dev.sigstore.bundle.v9+json";
    }),
  ),
  row("JSON a hundred thousand deep", "refused at form", async () =>
    Buffer.from(`${"[".repeat(100_000)}${"]".repeat(100_000)}`),
  ),
  row(
    "a member that is a hundred thousand deep, beside a right signature",
    "verified",
    async (lab) => {
      const text = (await lab.keyBundle()).toString();
      return Buffer.from(`{"deep":${"[".repeat(100_000)}${"]".repeat(100_000)},${text.slice(1)}`);
    },
  ),
  row("a second payload under the same name", "refused at signature", async (lab) => {
    const other = changed(await lab.keyBundle(), otherPayload).toString();
    const [payload] = /"payload":"[^"]*"/.exec(other) ?? [""];
    const text = (await lab.keyBundle()).toString();
    return Buffer.from(text.replace(/("payload":"[^"]*")/, `$1,${payload}`));
  }),
  row("a certificate and a key at once", "refused at form", async (lab) =>
    changed(await lab.bundle(), (bundle) => {
      material(bundle).publicKey = { hint: "" };
    }),
  ),
];

export const SIGNATURE_FAULTS: readonly FaultRow[] = [
  ...TAMPERED,
  ...CONTENTS,
  ...PROOF_FAULTS,
  ...NOTATION_FAULTS,
];
