import { expect, test } from "vitest";
import { parseTrustedRoot } from "../../formats/trusted-root.ts";
import { publicRoot } from "./load-trust.ts";
import { loadRoot } from "./roots.ts";
import { deployment } from "./test-support/deployment.ts";

test("the built-in root is whole, and does not end soon", async () => {
  const root = await publicRoot();
  expect(root.boundless).toEqual([]);
  expect(root.endsAt > "2027-06-01").toBe(true);
});

test("a root ends with the first of its authorities' certificates that nothing follows", async () => {
  const { root } = await deployment(new Date());
  const days =
    (Date.parse(loadRoot("r", parseTrustedRoot(root(), "r")).endsAt) - Date.now()) / 864e5;
  expect(Math.round(days)).toBe(365);
  const ended = root((json) => {
    for (const authorities of [json["certificateAuthorities"], json["timestampAuthorities"]])
      for (const authority of authorities as { validFor: object }[])
        authority.validFor = { start: "2020-01-01T00:00:00Z", end: "2030-01-01T00:00:00Z" };
    return json;
  });
  expect(loadRoot("r", parseTrustedRoot(ended, "r")).endsAt).toBe("9999-12-31T00:00:00.000Z");
});

test("a root that loses an authority has another fingerprint, whatever else stays", async () => {
  const { root } = await deployment(new Date());
  const fingerprint = (bytes: Buffer): string =>
    loadRoot("r", parseTrustedRoot(bytes, "r")).fingerprint;
  const without = root((json) => {
    (json["ctlogs"] as unknown[]).pop();
    return json;
  });
  const [whole, again] = [root(), root()].map(fingerprint);
  expect([again === whole, fingerprint(without) === whole]).toEqual([true, false]);
});
