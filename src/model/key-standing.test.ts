import { expect, test } from "vitest";
import {
  type KnownKey,
  type Oldness,
  oldness,
  standingOf,
  vouchersOf,
  voucherText,
} from "./key-standing.ts";
import { type Claim, SIGN_PREDICATE, type Signatory, UNLIMITED } from "./trust.ts";
import type { Verification } from "./verification.ts";

const now = "2026-11-25T12:00:00.000Z";
const since = { now, endingDays: 30 };
const PAST = "2026-11-25T11:59:59.000Z";
const key = (id: string, facts: Partial<KnownKey> = {}): KnownKey => ({
  ...{ id, pem: "", fingerprint: `${id}-fingerprint` },
  ...UNLIMITED,
  ...facts,
});

test.each<[string, Partial<KnownKey>, Oldness | null]>([
  ["a key without an end", {}, null],
  ["a key that has not begun", { notBefore: "2027-01-01T00:00:00.000Z" }, null],
  ["a key that ends at this moment", { notAfter: now }, { kind: "ended", at: now }],
  ["a key that has ended", { notAfter: PAST }, { kind: "ended", at: PAST }],
  [
    "a key that ends within the days",
    { notAfter: "2026-12-25T12:00:00.000Z" },
    { kind: "ending", at: "2026-12-25T12:00:00.000Z" },
  ],
  ["a key that ends a second later", { notAfter: "2026-12-25T12:00:01.000Z" }, null],
  ["a replaced key", { replacedBy: "next" }, { kind: "replaced", by: "next" }],
  [
    "a replaced key that has ended",
    { replacedBy: "next", notAfter: PAST },
    { kind: "ended", at: PAST },
  ],
  [
    "a revoked key that has ended",
    { revokedAt: PAST, notAfter: PAST },
    { kind: "revoked", at: PAST },
  ],
])("%s is as old as it is", (_, facts, wanted) => {
  expect(oldness(key("release", facts), since)).toEqual(wanted);
});

const by = (id: string): Signatory => ({ kind: "key", id, fingerprint: `${id}-fingerprint` });
const claim = (signatory: Signatory, outcome: Claim["outcome"] = "verified"): Claim => ({
  ...{ format: "bundle", version: "0.3", predicateType: SIGN_PREDICATE, signatory },
  ...{ signedAt: null, outcome, source: "a bundle" },
  refusal: outcome === "verified" ? null : { step: "key-life", reason: "the key's time ended" },
});
const answer = (outcome: Verification["outcome"], ...claims: Claim[]): Verification => ({
  ...{ outcome, claims, unread: [], reasons: [] },
});
const KEYS = [key("new"), key("old", { replacedBy: "new" }), key("ended", { notAfter: PAST })];
const CI: Signatory = {
  kind: "identity",
  identity: "ci@acme.example",
  issuer: "https://i.example",
  id: "ci",
};

test.each<[string, Verification, Verification | null, string, string[]]>([
  [
    "a new key and an old one, each named once",
    answer("verified", claim(by("old")), claim(by("new")), claim(by("old"))),
    null,
    "current",
    ["old", "new"],
  ],
  ["an old key", answer("verified", claim(by("old"))), null, "old-key", ["old"]],
  [
    "an old key, and a refused claim of a new one",
    answer("verified", claim(by("old")), claim(by("new"), "refused")),
    null,
    "old-key",
    ["old"],
  ],
  [
    "somebody with a certificate",
    answer("verified", claim(CI)),
    null,
    "current",
    ["ci@acme.example"],
  ],
  [
    "a key that has ended",
    answer("refused", claim(by("ended"), "refused")),
    answer("verified", claim(by("ended"))),
    "lapsed",
    ["ended"],
  ],
  ["nobody", answer("refused", claim(by("ended"), "refused")), null, "refused", []],
  ["nobody knows whom", answer("undecided"), null, "undecided", []],
])("what is signed by %s stands so", (_, told, counting, standing, names) => {
  const vouchers = vouchersOf(counting ?? told, KEYS, since);
  expect([
    standingOf(told, vouchers),
    vouchers.map(({ signatory: s }) => (s.kind === "identity" ? s.identity : "id" in s && s.id)),
  ]).toEqual([standing, names]);
});

test("a key of the same name and another fingerprint is another key", () => {
  const [voucher] = vouchersOf(
    answer("verified", claim({ kind: "key", id: "old", fingerprint: "another" })),
    KEYS,
    since,
  );
  expect(voucher?.old).toBeNull();
});

test.each<[Oldness | null, string]>([
  [null, ""],
  [{ kind: "replaced", by: "new" }, ", which is replaced by new"],
  [{ kind: "revoked", at: PAST }, `, which is revoked since ${PAST}`],
  [{ kind: "ended", at: PAST }, `, which ended at ${PAST}`],
  [
    { kind: "ending", at: "2026-11-27T11:00:00.000Z" },
    ", which ends at 2026-11-27T11:00:00.000Z (in 1 day)",
  ],
])("a voucher is told with %j", (old, wanted) => {
  expect(voucherText({ signatory: by("a"), old }, now)).toBe(`key a-fingerprin (a)${wanted}`);
});
