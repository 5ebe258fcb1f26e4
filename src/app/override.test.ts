import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { dsseValue, preAuthEncoding } from "../formats/dsse.ts";
import { OVERRIDE_PAYLOAD, overridePayload } from "../formats/override.ts";
import type { EvidenceEntry } from "../model/evidence-entry.ts";
import { type Override, parseOverrideSubject } from "../model/override.ts";
import { lastEvidence } from "./evidence-log.ts";
import {
  applyOverride,
  type GrantRequest,
  grantOverride,
  type OverrideRequest,
} from "./override.ts";
import type { Surroundings } from "./surroundings.ts";

let folder = "";
let warnings: string[] = [];
let around: Surroundings;
const keys = { own: generateKeyPairSync("ed25519"), other: generateKeyPairSync("ed25519") };
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-override-"));
  warnings = [];
  around = {
    env: { BULWARK_EVIDENCE: at("log"), HOME: folder },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: (text) => warnings.push(text),
  };
  for (const [name, { publicKey, privateKey }] of Object.entries(keys)) {
    writeFileSync(at(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(at(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

function made(changes: Partial<Override> = {}): Override {
  return {
    schema: "bulwark.dev/override/v1",
    reason: "the shop is down",
    grantedBy: "anna",
    grantedAt: inHours(-1),
    until: inHours(3),
    actions: ["gate"],
    subjects: [parseOverrideSubject("team/api")],
    ...changes,
  };
}

interface Signing {
  readonly by?: readonly KeyObject[];
  /** The type that is signed, where it is not the one that stands there. */
  readonly signedType?: string;
  readonly change?: (payload: string) => string;
}

/** A document, signed as it should be or not. */
function signed(override: Override, how: Signing = {}): string {
  const payload = overridePayload(override);
  const bytes = preAuthEncoding(how.signedType ?? OVERRIDE_PAYLOAD, payload);
  const signatures = (how.by ?? [keys.own.privateKey]).map((key) => ({
    keyId: "whatever it says",
    bytes: sign(null, bytes, key),
  }));
  const changed = Buffer.from((how.change ?? ((text) => text))(payload.toString()));
  const value = dsseValue({ payloadType: OVERRIDE_PAYLOAD, payload: changed, signatures });
  writeFileSync(at("override.json"), JSON.stringify(value));
  return at("override.json");
}

function asked(changes: Partial<OverrideRequest> = {}): OverrideRequest {
  return {
    file: at("override.json"),
    keys: [at("own.pub")],
    subject: parseOverrideSubject("team/api:1"),
    action: "gate",
    daysMax: null,
    evidence: null,
    ...changes,
  };
}

const lastOne = (): EvidenceEntry | undefined => lastEvidence(null, 1, around)[0];

describe("an override is applied", () => {
  test.each<[string, Partial<Override>, Signing, Partial<OverrideRequest>, RegExp | null]>([
    ["that is signed and in time", {}, {}, {}, null],
    [
      "with one good signature of two",
      {},
      { by: [keys.other.privateKey, keys.own.privateKey] },
      {},
      null,
    ],
    [
      "by another key",
      {},
      { by: [keys.other.privateKey] },
      {},
      /not signed by the key that is trusted/,
    ],
    [
      "whose reason was changed",
      {},
      { change: (p) => p.replace("shop", "shed") },
      {},
      /not signed/,
    ],
    [
      "whose end was changed",
      {},
      { change: (p) => p.replace(/"until":"2/, '"until":"3') },
      {},
      /not signed/,
    ],
    [
      "that was signed as something else",
      {},
      { signedType: "application/vnd.in-toto+json" },
      {},
      /not signed/,
    ],
    ["that has ended", { grantedAt: inHours(-5), until: inHours(-0.001) }, {}, {}, /^it ended at/],
    ["of tomorrow", { grantedAt: inHours(24), until: inHours(25) }, {}, {}, /^it begins at/],
    ["that is too long, signed as it is", { until: inHours(200) }, {}, {}, /longer than 7 days/],
    ["that is as long as is allowed", { until: inHours(200) }, {}, { daysMax: 10 }, null],
    ["for something else", {}, {}, { action: "admit" }, /for gate, not for admit/],
    ["about something else", {}, {}, { subject: parseOverrideSubject("team/web") }, /not about/],
  ])("%s", async (_, changes, how, request, wanted) => {
    signed(made(changes), how);
    const answer = await applyOverride(asked(request), "gate", around);
    if (wanted === null)
      expect([answer.refusal, answer.applied?.grantedBy]).toEqual([null, "anna"]);
    else {
      expect(answer.refusal).toMatch(wanted);
      expect(answer.applied).toBeNull();
    }
    expect(lastOne()).toMatchObject({
      kind: "decision",
      decision: {
        action: "break-glass",
        command: "gate",
        outcome: wanted === null ? "allow" : "deny",
      },
    });
  });

  test("and a use that cannot be recorded is a use that somebody is told of", async () => {
    signed(made());
    writeFileSync(at("log"), "in the way");
    const answer = await applyOverride(asked(), "gate", around);
    expect(answer.refusal).toBeNull();
    expect(warnings.join()).toContain("the decision was not recorded as evidence");
    const named = applyOverride(asked({ evidence: at("log") }), "gate", around);
    await expect(named).rejects.toMatchObject({ code: "evidence-unwritable" });
  });
});

function grant(changes: Partial<GrantRequest> = {}): ReturnType<typeof grantOverride> {
  const request: GrantRequest = {
    reason: "the shop is down",
    until: "4h",
    subjects: ["team/api", `sha256:${"a".repeat(64)}`],
    actions: ["gate", "admit"],
    key: at("own.key"),
    daysMax: null,
    evidence: null,
    ...changes,
  };
  return grantOverride(request, around, () => Promise.reject(new Error("no password is needed")));
}

describe("an override is granted", () => {
  test("and holds, and is found in the log by its digest", async () => {
    const { text, digest, override } = await grant();
    writeFileSync(at("override.json"), text);
    expect(Date.parse(override.until) - Date.parse(override.grantedAt)).toBe(4 * HOUR);
    const answer = await applyOverride(asked({ action: "admit" }), "admit", around);
    expect(answer.applied).toMatchObject({ digest, reason: "the shop is down" });
    const told = lastEvidence(null, 9, around).flatMap((entry) =>
      entry.kind === "decision" ? [[entry.decision.outcome, entry.decision.policy?.digest]] : [],
    );
    expect(told).toEqual([
      ["done", digest],
      ["done", digest],
      ["allow", digest],
    ]);
    expect(readFileSync(at("log/evidence-000001.jsonl"), "utf8")).toContain("the shop is down");
  });

  test.each<[string, Partial<GrantRequest>, string]>([
    ["longer than seven days", { until: "8d" }, "usage"],
    ["into the past", { until: "2020-01-01" }, "usage"],
    ["until no day", { until: "2027-02-30" }, "usage"],
    ["until some time", { until: "soon" }, "usage"],
    ["for no time", { until: "0h" }, "usage"],
    ["without a reason", { reason: " " }, "usage"],
    ["for everything", { subjects: ["*"] }, "reference-invalid"],
    ["with a public key", { key: "own.pub" }, "key-invalid"],
    ["with a key that is not there", { key: "none.key" }, "not-found"],
  ])("not %s", async (_, changes, code) => {
    const named = changes.key === undefined ? changes : { ...changes, key: at(changes.key) };
    await expect(grant(named)).rejects.toMatchObject({ code });
    expect(() => lastOne()).toThrow(/there is none/);
  });

  test("not when it cannot be recorded", async () => {
    writeFileSync(at("log"), "in the way");
    await expect(grant()).rejects.toMatchObject({ code: "evidence-unwritable" });
  });

  test("for ten days when that is allowed", async () => {
    expect((await grant({ until: "9d", daysMax: 10 })).digest).toMatch(/^sha256:/);
  });
});
