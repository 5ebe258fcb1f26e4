import { expect, test } from "vitest";
import type { Inventory } from "../model/inventory.ts";
import { decodeInventory, encodeInventory } from "./known-inventory.ts";

const inventory: Inventory = {
  distribution: null,
  packages: [],
  problems: [{ code: "file-damaged", detail: "it is cut – here" }],
};

test("an inventory is what was written", () => {
  expect(decodeInventory(Buffer.from(encodeInventory(inventory)))).toEqual(inventory);
});

const whole = Buffer.from(encodeInventory(inventory)).toString();

test.each<[string, string]>([
  ["nothing", ""],
  ["JSON of another kind", "{}"],
  ["an inventory without its checksum", JSON.stringify(inventory)],
  ["one that was cut", whole.slice(0, -1)],
  ["one that was changed", whole.replace("file-damaged", "data-old")],
])("%s is none", (_, text) => {
  expect(decodeInventory(Buffer.from(text))).toBe(null);
});
