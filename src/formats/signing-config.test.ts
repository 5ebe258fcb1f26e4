import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError, reasonOf } from "../kit/error.ts";
import { parseSigningConfig } from "./signing-config.ts";

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value), "utf8");
const mediaType = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
const service = {
  url: "https://rekor.acme.example",
  majorApiVersion: 1,
  validFor: { start: "2021-01-12T11:53:27.000Z" },
  operator: "acme",
};
const read = {
  url: "https://rekor.acme.example",
  majorVersion: 1,
  startMs: Date.parse("2021-01-12T11:53:27.000Z"),
  endMs: null,
  operator: "acme",
};

test("services are read with their times, and how many are to be asked", () => {
  const config = {
    mediaType,
    caUrls: [service],
    oidcUrls: [service],
    rekorTlogUrls: [service, { url: "http://b.example", majorApiVersion: 2 }],
    rekorTlogConfig: { selector: "EXACT", count: 2 },
    tsaUrls: [service],
    tsaConfig: { selector: 2 },
    somethingNew: {},
  };
  expect(parseSigningConfig(bytes(config), "config.json")).toEqual({
    authorities: [read],
    logs: {
      services: [
        read,
        { url: "http://b.example", majorVersion: 2, startMs: null, endMs: null, operator: "" },
      ],
      selection: { selector: "exact", count: 2 },
    },
    timestampAuthorities: { services: [read], selection: { selector: "any" } },
  });
});

test("where there are no logs, nothing says how many are to be asked", () => {
  const { logs } = parseSigningConfig(bytes({ mediaType, caUrls: [service] }), "config.json");
  expect(logs.services).toEqual([]);
});

test.each<[string, object, string]>([
  ["of an older form", { mediaType: mediaType.replace("0.2", "0.1") }, "mediaType is not"],
  ["without an address", { mediaType, caUrls: [{ majorApiVersion: 1 }] }, "caUrls[0].url"],
  [
    "with an address of another kind",
    { mediaType, caUrls: [{ ...service, url: "file:///etc/passwd" }] },
    "caUrls[0].url is no address",
  ],
  ["without a choice", { mediaType, tsaUrls: [service] }, "tsaConfig is missing"],
  [
    "with a choice that is none",
    { mediaType, tsaUrls: [service], tsaConfig: { selector: "SOME" } },
    "tsaConfig.selector is not ALL, ANY or EXACT",
  ],
  [
    "that wants none",
    { mediaType, tsaUrls: [service], tsaConfig: { selector: "EXACT", count: 0 } },
    "tsaConfig.count is not at least 1",
  ],
  [
    "with a time that is none",
    { mediaType, caUrls: [{ ...service, validFor: { end: "soon" } }] },
    "caUrls[0].validFor.end is not a time",
  ],
])("a configuration %s is refused", (_, config, wanted) => {
  let said = "";
  try {
    parseSigningConfig(bytes(config), "config.json");
  } catch (error) {
    said = reasonOf(error);
  }
  expect(said).toContain(wanted);
});

test("reading one throws nothing but its own errors", () => {
  const names = fc.constantFrom("mediaType", "caUrls", "tsaUrls", "tsaConfig", "validFor", "url");
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(names, tie("any"), { maxKeys: 4 }),
    ),
  })).any;
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), value.map(bytes)), (input) => {
      const whole = input instanceof Uint8Array ? input : Buffer.alloc(0);
      try {
        parseSigningConfig(whole, "config.json");
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
