import { generateKeyPairSync, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dsseValue, preAuthEncoding } from "../formats/dsse.ts";
import { OVERRIDE_PAYLOAD, overridePayload } from "../formats/override.ts";
import { type Override, parseOverrideSubject } from "../model/override.ts";
import { overridesFor } from "./overrides.ts";

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
let folder = "";
let warnings: string[] = [];
const at = (name: string): string => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-overrides-"));
  warnings = [];
  mkdirSync(at("there"));
  writeFileSync(at("own.pub"), publicKey.export({ type: "spki", format: "pem" }));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, changes: Partial<Override>): string {
  const payload = overridePayload({
    schema: "bulwark.dev/override/v1",
    reason: name,
    grantedBy: "anna",
    grantedAt: "2026-11-25T10:00:00.000Z",
    until: "2026-11-25T14:00:00.000Z",
    actions: ["admit"],
    subjects: [parseOverrideSubject("team/api")],
    ...changes,
  });
  const bytes = sign(null, preAuthEncoding(OVERRIDE_PAYLOAD, payload), privateKey);
  const signatures = [{ keyId: "", bytes }];
  const value = dsseValue({ payloadType: OVERRIDE_PAYLOAD, payload, signatures });
  writeFileSync(at(name), JSON.stringify(value));
  return at(name);
}

const asked = (name: string, now = "2026-11-25T12:00:00.000Z") => ({
  subjects: [parseOverrideSubject(name)],
  action: "admit" as const,
  now,
});
const warn = (text: string): number => warnings.push(text);

test("the overrides of a folder are read once, and asked for each time", async () => {
  put("there/web.json", { subjects: [parseOverrideSubject("team/web")] });
  put("there/api.json", {});
  writeFileSync(at("there/broken.json"), "{");
  writeFileSync(at("there/notes.txt"), "not looked at");
  const request = { files: [], folder: at("there"), keys: [at("own.pub")], daysMax: null };
  const overrides = await overridesFor(request, warn);
  expect([
    overrides.find(asked("team/api:2"))?.reason,
    overrides.find(asked("team/web"))?.reason,
    overrides.find(asked("team/db")),
    overrides.find(asked("team/api", "2026-11-25T14:00:00.000Z")),
    overrides.find({ ...asked("team/api"), action: "gate" }),
    overrides.find({ ...asked("team/api"), subjects: [] }),
  ]).toEqual(["there/api.json", "there/web.json", null, null, null, null]);
  expect(warnings.map((text) => text.replace(folder, ""))).toEqual([
    'what "/there/broken.json" holds does not count: cannot read override: it is not JSON',
  ]);
});

test("nobody's override counts where no key is trusted, and it is told why", async () => {
  const file = put("api.json", {});
  const request = { files: [file], folder: at("none"), keys: [], daysMax: null };
  const overrides = await overridesFor(request, warn);
  expect([overrides.find(asked("team/api")), overrides.refusals(asked("team/api"))]).toEqual([
    null,
    [
      `the override ${JSON.stringify(file)} does not hold: it is signed by no key that is trusted for overrides`,
    ],
  ]);
  expect(warnings).toEqual([]);
});

test("a file that was named must be an override", async () => {
  writeFileSync(at("x.json"), "{}");
  const request = { files: [at("x.json")], folder: null, keys: [], daysMax: null };
  await expect(overridesFor(request, warn)).rejects.toMatchObject({ code: "document-invalid" });
});
