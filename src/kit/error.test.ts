import { readdirSync, readFileSync, renameSync } from "node:fs";
import { createConnection } from "node:net";
import { expect, test } from "vitest";
import { AppError, reasonOf } from "./error.ts";

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

test.each([
  [() => readFileSync("/nowhere/at, all'"), "no such file or directory"],
  [() => readFileSync("/"), "illegal operation on a directory"],
  [() => readdirSync("/dev/null"), "not a directory"],
  [() => renameSync("/nowhere/x", "/nowhere/y"), "no such file or directory"],
  [() => JSON.parse("{"), expect.stringMatching(/JSON/)],
])("an error of the system is told in its words: %s", (call, expected) => {
  expect(reasonOf(thrownBy(call))).toEqual(expected);
});

test("others stay as they are", async () => {
  expect(reasonOf(new AppError("usage", "EOK: not, this"))).toBe("EOK: not, this");
  expect(reasonOf("words")).toBe("words");
  const refused = await new Promise((resolve) =>
    createConnection(1, "127.0.0.1", () => {}).once("error", resolve),
  );
  expect(reasonOf(refused)).toBe("connect ECONNREFUSED 127.0.0.1:1");
});
