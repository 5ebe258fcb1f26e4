import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { readInUse, readKnownDrift } from "./drift-result.ts";

const digest = `sha256:${"1".repeat(64)}`;
const good = {
  schema: "bulwark.dev/drift/v1",
  baseline: digest,
  container: { name: "web" },
  inUse: { packages: [{ owner: "deb/dash", files: ["usr/bin/dash"] }], unowned: ["app/x.js"] },
};

const record = {
  digest,
  container: "web",
  how: "snapshot",
  owners: new Set(["deb/dash"]),
  files: new Set(["usr/bin/dash", "app/x.js"]),
};

const read = (value: unknown): unknown => readInUse(Buffer.from(JSON.stringify(value)), "f.json");

describe("a drift result", () => {
  test("tells what is in use", () => expect(read(good)).toEqual([record]));

  test("of several containers tells of each whose image was there", () => {
    const results = [good, { ...good, baseline: null, inUse: null }, good];
    expect(read({ schema: "bulwark.dev/drifts/v1", results })).toEqual([record, record]);
  });

  test.each([
    ["another kind", { ...good, schema: "bulwark.dev/scan/v1" }, /schema is of another kind/],
    ["no digest", { ...good, baseline: "sha256:1" }, /baseline is no digest/],
    [
      "results that are none",
      { schema: "bulwark.dev/drifts/v1", results: {} },
      /results is not an array/,
    ],
    ["nothing in use", { ...good, inUse: null }, /inUse is not an object/],
    [
      "no names",
      { ...good, inUse: { packages: [{}], unowned: [] } },
      /packages\[0\]\.owner is not a text/,
    ],
    ["a list", [], /it is not an object/],
  ])("is refused with %s", (_, value, said) => {
    expect(() => read(value)).toThrow(said);
    expect(() => read(value)).toThrow(AppError);
    expect(() => read(value)).toThrow(/"f\.json"/);
  });
});

test("a drift result tells what is known, also from before it", () => {
  const result = { schema: good.schema, drift: [{ id: "a" }, { id: "b" }], known: [{ id: "c" }] };
  const bytes = Buffer.from(JSON.stringify(result));
  expect(readKnownDrift(bytes, "f.json")).toEqual(new Set(["a", "b", "c"]));
  expect(() => readKnownDrift(Buffer.from("{}"), "f.json")).toThrow(
    /"f\.json": schema is of another kind/,
  );
});
