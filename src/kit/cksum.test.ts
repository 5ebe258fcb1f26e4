import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { cksum } from "./cksum.ts";

test.each([0, 1, 3, 255, 256, 70_000])("is what the program says of %i bytes", (length) => {
  const bytes = randomBytes(length);
  expect(cksum(bytes)).toBe(execFileSync("cksum", { input: bytes, encoding: "utf8" }).trim());
});
