import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import type { Override } from "../model/override.ts";
import { dsseValue } from "./dsse.ts";
import { OVERRIDE_PAYLOAD, overridePayload, parseOverrideDocument } from "./override.ts";

const OVERRIDE: Override = {
  schema: "bulwark.dev/override/v1",
  reason: "the shop is down",
  grantedBy: "anna",
  grantedAt: "2026-11-25T10:00:00.000Z",
  until: "2026-11-25T14:00:00.000Z",
  actions: ["gate", "admit"],
  subjects: [
    { name: "docker.io/team/api", tag: null, digest: null },
    { name: null, tag: null, digest: `sha256:${"a".repeat(64)}` as never },
  ],
};

function documentOf(payload: Buffer, payloadType: string = OVERRIDE_PAYLOAD): Buffer {
  const signatures = [{ keyId: null, bytes: Buffer.from("x") }];
  return Buffer.from(JSON.stringify(dsseValue({ payloadType, payload, signatures })));
}

test("what is written is read back", () => {
  const payload = overridePayload(OVERRIDE);
  const { override, envelope } = parseOverrideDocument(documentOf(payload));
  expect(override).toEqual(OVERRIDE);
  expect(envelope.payload.equals(payload)).toBe(true);
});

test.each<[string, (value: Record<string, unknown>) => void, RegExp]>([
  ["another schema", (v) => Object.assign(v, { schema: "x" }), /schema is not bulwark.dev/],
  ["no reason", (v) => Reflect.deleteProperty(v, "reason"), /reason is not a text/],
  ["a day as its end", (v) => Object.assign(v, { until: "2026-11-25" }), /until is not a time/],
  ["an end elsewhere", (v) => Object.assign(v, { until: "2026-11-25T14:00:00+01:00" }), /until/],
  ["an hour that is none", (v) => Object.assign(v, { until: "2026-11-25T99:00:00Z" }), /until/],
  ["an unknown action", (v) => Object.assign(v, { actions: ["all"] }), /actions\[0\] is not known/],
  ["a short digest", (v) => Object.assign(v, { subjects: [{ digest: "sha256:1" }] }), /digest/],
  ["no list", (v) => Object.assign(v, { subjects: "all" }), /subjects is not an array/],
])("an override with %s is refused", (_, change, wanted) => {
  const value = JSON.parse(overridePayload(OVERRIDE).toString());
  change(value);
  const bytes = documentOf(Buffer.from(JSON.stringify(value)));
  expect(() => parseOverrideDocument(bytes)).toThrow(wanted);
});

test("another kind of statement is no override", () => {
  const bytes = documentOf(overridePayload(OVERRIDE), "application/vnd.in-toto+json");
  expect(() => parseOverrideDocument(bytes)).toThrow(/payloadType is not/);
});

test("never throws anything but what it says, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.uint8Array(), fc.boolean(), (value, bytes, isJson) => {
      const payload = isJson ? Buffer.from(JSON.stringify(value)) : Buffer.from(bytes);
      for (const document of [payload, documentOf(payload)])
        expect(() => parseOverrideDocument(document)).toThrow(AppError);
    }),
  );
});
