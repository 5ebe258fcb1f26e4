import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Digest } from "../model/digest.ts";
import { type Claim, SIGN_PREDICATE } from "../model/trust.ts";
import type { Verification } from "../model/verification.ts";
import { lastEvidence } from "./evidence-log.ts";
import type { Surroundings } from "./surroundings.ts";
import { recordSigning, recordVerified } from "./trust-evidence.ts";

let folder = "";
let around: Surroundings;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-trust-evidence-"));
  around = {
    env: { BULWARK_EVIDENCE: join(folder, "log") },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: (text) => expect.fail(text),
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const A = `sha256:${"a".repeat(64)}` as Digest;
const CLAIM: Claim = {
  format: "bundle",
  version: "0.3",
  predicateType: SIGN_PREDICATE,
  signatory: {
    kind: "identity",
    identity: "anna@acme.example",
    issuer: "https://issuer.example",
    id: null,
  },
  signedAt: null,
  outcome: "verified",
  refusal: null,
  source: "a bundle",
};
const refused: Claim = { ...CLAIM, outcome: "refused", refusal: { step: "time", reason: "late" } };
const wanted = ["found 1 bundle, wanted key x"];

test.each<[string, Verification, string, RegExp]>([
  [
    "who counted",
    { outcome: "verified", claims: [refused, CLAIM, CLAIM], unread: [], reasons: [] },
    "allow",
    /^by anna@acme\.example[^,]*$/,
  ],
  [
    "what was found instead",
    { outcome: "refused", claims: [refused], unread: [], reasons: wanted },
    "deny",
    /^found 1 bundle, wanted key x$/,
  ],
  [
    "what could not be read",
    { outcome: "undecided", claims: [], unread: ["x"], reasons: wanted },
    "undecided",
    /^found/,
  ],
])("a verification is recorded with %s", async (_, verification, outcome, reasons) => {
  await recordVerified({ target: "team/api:1", digest: A, verification }, null, around);
  const [entry] = lastEvidence(null, 1, around);
  expect(entry).toMatchObject({
    decision: { action: "verify", outcome, subject: { name: "team/api:1", digest: A } },
  });
  const told = entry?.kind === "decision" ? entry.decision.reasons.join() : "";
  expect(told).toMatch(reasons);
});

test.each([
  [SIGN_PREDICATE, "sign"],
  ["https://spdx.dev/Document", "attest"],
])("what states %s is recorded as %s", async (predicateType, action) => {
  await recordSigning({ name: "team/api:1", subject: A, digest: A, predicateType }, null, around);
  expect(lastEvidence(null, 1, around)).toMatchObject([
    {
      decision: {
        action,
        command: action,
        outcome: "done",
        reasons: [predicateType, `attached ${A}`],
      },
    },
  ]);
});
