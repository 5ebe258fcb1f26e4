// Faults of what proves a signature's time and place in a log, of the lives of keys and certificates, and of clocks.
import { hexOf } from "../../../model/digest.ts";
import type { Deployment } from "./deployment.ts";
import { type Asking, hoursAfter } from "./fault-lab.ts";
import {
  changed,
  entryOf,
  type FaultRow,
  flipped,
  type Json,
  material,
  rootWith,
  row,
} from "./fault-row.ts";

const checkpointOf = (bundle: Json): Json => entryOf(bundle).inclusionProof.checkpoint;

/** An entry of the log with a change. */
function entryRow(name: string, answer: string, change: (bundle: Json) => void): FaultRow {
  return row(name, answer, async (lab) => changed(await lab.bundle(), change));
}

const LOGS_AND_TIMES: readonly FaultRow[] = [
  row("a certificate without an entry of a log", "refused at time", (lab) =>
    lab.bundle({ withLog: false }),
  ),
  row("a certificate with a timestamp, and no entry of a log", "refused at log", (lab) =>
    lab.bundle({ withLog: false, withTimestamp: true }),
  ),
  entryRow("an entry whose time is another", "refused at log", (bundle) => {
    const entry = entryOf(bundle);
    entry.integratedTime = String(Number(entry.integratedTime) + 1);
  }),
  row("an entry of a key's signature, whose time is another", "refused at log", (lab) =>
    lab.keyBundle({ withLog: true, changeEntry: (entry) => ({ ...entry, integratedTime: "1" }) }),
  ),
  entryRow("an entry whose index is another", "refused at log", (bundle) => {
    entryOf(bundle).logIndex = "1";
  }),
  entryRow("an entry whose index is negative", "refused at log", (bundle) => {
    entryOf(bundle).logIndex = "-1";
  }),
  entryRow("an entry whose body is another", "refused at log", (bundle) => {
    const entry = entryOf(bundle);
    entry.canonicalizedBody = flipped(entry.canonicalizedBody, 9);
  }),
  entryRow("an entry whose promise is another", "refused at log", (bundle) => {
    const promise = entryOf(bundle).inclusionPromise;
    promise.signedEntryTimestamp = flipped(promise.signedEntryTimestamp);
  }),
  row("the entry of another signature", "refused at log", async (lab) => {
    const other = JSON.parse((await lab.bundle()).toString());
    return changed(await lab.bundle(), (bundle) => {
      material(bundle).tlogEntries = material(other).tlogEntries;
    });
  }),
  row("the same entry twice", "refused at time", async (lab) =>
    changed(await lab.bundle(), (bundle) => {
      material(bundle).tlogEntries.push(entryOf(bundle));
    }),
  ),
  entryRow("a checkpoint of another tree", "refused at log", (bundle) => {
    const checkpoint = checkpointOf(bundle);
    const lines = (checkpoint.envelope as string).split("\n");
    lines[2] = flipped(lines[2] ?? "");
    checkpoint.envelope = lines.join("\n");
  }),
  entryRow("a checkpoint whose signature is another", "refused at log", (bundle) => {
    const checkpoint = checkpointOf(bundle);
    const envelope = checkpoint.envelope as string;
    const start = envelope.lastIndexOf(" ") + 1;
    checkpoint.envelope = `${envelope.slice(0, start)}${flipped(envelope.slice(start).trim())}\n`;
  }),
  entryRow("no checkpoint", "refused at log", (bundle) => {
    entryOf(bundle).inclusionProof.checkpoint = { envelope: "" };
  }),
  entryRow("a proof of another place in the tree", "refused at log", (bundle) => {
    const proof = entryOf(bundle).inclusionProof;
    proof.hashes = [Buffer.alloc(32).toString("base64")];
  }),
  row(
    "an entry of another log",
    "refused at log",
    (lab) => lab.bundle(),
    rootWith((root, lab) => {
      root.tlogs = JSON.parse(lab.signers.theirs.root().toString()).tlogs;
    }),
  ),
  row(
    "a root whose log has no start of validity",
    "refused at root",
    (lab) => lab.bundle(),
    rootWith((root) => {
      for (const log of root.tlogs) log.publicKey.validFor = undefined;
    }),
  ),
  row(
    "a log that had ended when it took the entry",
    "refused at log",
    (lab) => lab.bundle(),
    rootWith((root) => {
      const validFor = { start: "2020-01-01T00:00:00Z", end: "2021-01-01T00:00:00Z" };
      for (const log of root.tlogs) log.publicKey.validFor = validFor;
    }),
  ),
  row(
    "a timestamp of an authority that nobody trusts",
    "refused at time",
    (lab) => lab.bundle({ withTimestamp: true }),
    rootWith((root) => {
      root.timestampAuthorities = [];
    }),
  ),
  row("a changed timestamp", "refused at time", async (lab) =>
    changed(await lab.bundle({ withTimestamp: true }), (bundle) => {
      const [stamp] = material(bundle).timestampVerificationData.rfc3161Timestamps;
      stamp.signedTimestamp = flipped(stamp.signedTimestamp);
    }),
  ),
  row("a timestamp that is none", "refused at form", async (lab) =>
    changed(await lab.bundle({ withTimestamp: true }), (bundle) => {
      const [stamp] = material(bundle).timestampVerificationData.rfc3161Timestamps;
      stamp.signedTimestamp = Buffer.from("none").toString("base64");
    }),
  ),
  row("the timestamp of another signature", "refused at time", async (lab) => {
    const stamp = await lab.signers.ours.stamp(Buffer.from("another signature"));
    return changed(await lab.bundle(), (bundle) => stampWith(bundle, stamp));
  }),
];

function stampWith(bundle: Json, stamp: Buffer): void {
  const signedTimestamp = stamp.toString("base64");
  material(bundle).timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp }] };
}

/** A bundle of one deployment with a timestamp of another, whose clock is another. */
async function stamped(bundle: Buffer, by: Deployment): Promise<Buffer> {
  const { dsseEnvelope } = JSON.parse(bundle.toString());
  const stamp = await by.stamp(Buffer.from(dsseEnvelope.signatures[0].sig, "base64"));
  return changed(bundle, (json) => stampWith(json, stamp));
}

/** The root of one deployment with the timestamp authorities of another. */
function rootOf(signing: Deployment, stamping: Deployment): Asking {
  const { timestampAuthorities } = JSON.parse(stamping.root().toString());
  return { root: signing.root((root) => ({ ...root, timestampAuthorities })) };
}

const LIVES: readonly FaultRow[] = [
  row(
    "a certificate that had ended when it signed",
    "refused at certificate",
    async (lab) => stamped(await lab.bundle(), lab.signers.late),
    ({ signers: { ours, late } }) => rootOf(ours, late),
  ),
  row(
    "a certificate that did not count yet when it signed",
    "refused at certificate",
    async ({ image, signers: { ours, late } }) =>
      stamped(await late.bundle({ sha256: hexOf(image.digest) }), ours),
    ({ signers: { ours, late } }) => rootOf(late, ours),
  ),
  row("a key before its life", "refused at key-life", (lab) => lab.keyBundle(), {
    life: { notBefore: hoursAfter(1) },
  }),
  row("a key after its life", "refused at key-life", (lab) => lab.keyBundle(), {
    life: { notAfter: hoursAfter(-1) },
  }),
  row(
    "a key after its life, as the log proves",
    "refused at key-life",
    (lab) => lab.keyBundle({ withLog: true }),
    { life: { notAfter: hoursAfter(-1) } },
  ),
  row(
    "a key that ended after it signed, as the log proves",
    "verified",
    (lab) => lab.keyBundle({ withLog: true }),
    { life: { notAfter: hoursAfter(1) }, now: hoursAfter(48) },
  ),
  row("a key that demands a log, without one", "refused at key-life", (lab) => lab.keyBundle(), {
    life: { needsLog: true },
  }),
  row("a revoked key", "refused at revocation", (lab) => lab.keyBundle(), {
    life: { revokedAt: hoursAfter(-1) },
  }),
  row("a key that will be revoked", "refused at revocation", (lab) => lab.keyBundle(), {
    life: { revokedAt: hoursAfter(1) },
  }),
  row(
    "a key that was revoked after it signed, as a timestamp proves",
    "verified",
    (lab) => lab.keyBundle({ withTimestamp: true }),
    {
      life: { revokedAt: hoursAfter(1) },
      now: hoursAfter(48),
    },
  ),
  row(
    "a revoked key under a changed timestamp",
    "refused at revocation",
    async (lab) =>
      changed(await lab.keyBundle({ withTimestamp: true }), (bundle) => {
        const [stamp] = material(bundle).timestampVerificationData.rfc3161Timestamps;
        stamp.signedTimestamp = flipped(stamp.signedTimestamp);
      }),
    { life: { revokedAt: hoursAfter(1) }, now: hoursAfter(48) },
  ),
];

const CLOCKS: readonly FaultRow[] = [
  row("our clock is ten years ahead, of a certificate", "verified", (lab) => lab.bundle(), {
    now: hoursAfter(87_600),
  }),
  row("our clock is ten years behind, of a certificate", "verified", (lab) => lab.bundle(), {
    now: hoursAfter(-87_600),
  }),
  row("our clock is ahead of a key's life", "refused at key-life", (lab) => lab.keyBundle(), {
    life: { notAfter: hoursAfter(1) },
    now: hoursAfter(2),
  }),
  row("our clock is behind a key's life", "refused at key-life", (lab) => lab.keyBundle(), {
    life: { notBefore: hoursAfter(-1) },
    now: hoursAfter(-2),
  }),
  row(
    "our clock is ahead of a key's life, and a log proves when it signed",
    "verified",
    (lab) => lab.keyBundle({ withLog: true }),
    { life: { notAfter: hoursAfter(1) }, now: hoursAfter(2) },
  ),
  row(
    "our clock is behind, and the key is revoked",
    "refused at revocation",
    (lab) => lab.keyBundle(),
    { life: { revokedAt: hoursAfter(-1) }, now: hoursAfter(-2) },
  ),
];

export const PROOF_FAULTS: readonly FaultRow[] = [...LOGS_AND_TIMES, ...LIVES, ...CLOCKS];
