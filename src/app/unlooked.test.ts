import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { unlookedError, unlookedText } from "./unlooked.ts";

function gone(): unknown {
  try {
    return readFileSync("/proc/0/root");
  } catch (thrown) {
    return thrown;
  }
}

test("which container it was and what follows stands with why", () => {
  const of = { id: "1", name: "web", follows: "it is not enforced" };
  expect(unlookedText({ ...of, hasEnded: true }, gone())).toBe(
    "web ended while it was looked at to be enforced (no such file or directory): nothing of it runs any more, and other containers are enforced as before",
  );
  expect(unlookedText({ ...of, hasEnded: false }, gone())).toBe(
    "web cannot be looked at to be enforced: no such file or directory; it is not enforced, and other containers are enforced as before",
  );
});

test("an error of the system gets the name of the container, and a fault of ours stays one", () => {
  expect(unlookedError("web", gone())?.message).toBe(
    'cannot look at "web" to enforce its image: no such file or directory',
  );
  expect(unlookedError("web", new TypeError("x"))).toBeNull();
});
