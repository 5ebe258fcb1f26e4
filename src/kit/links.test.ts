import fc from "fast-check";
import { expect, test } from "vitest";
import { type Followed, Links, OUTSIDE } from "./links.ts";

const system = new Map([
  ["lib", "usr/lib"],
  ["bin", "/usr/bin/"],
  ["usr/up", "../etc"],
  ["deep", "usr/./lib//x"],
  // `..` counts from usr/lib, so this is usr/share.
  ["through", "lib/../share"],
  ["above", "../../etc"],
  ["a", "b"],
  ["b", "a"],
  ["self", "self/x"],
  ["usr/lib/out", "../../../out"],
]);

test.each<[string, Followed]>([
  ["", ""],
  ["etc/passwd", "etc/passwd"],
  ["lib/x/y", "usr/lib/x/y"],
  ["bin/sh", "usr/bin/sh"],
  ["usr/up/hosts", "etc/hosts"],
  ["deep/y", "usr/lib/x/y"],
  ["through/doc", "usr/share/doc"],
  ["above/hosts", "etc/hosts"],
  ["a/x", null],
  ["self", null],
  ["lib/out", "out"],
  [`x/${"y".repeat(5000)}`, null],
])("in a system %s is %s", (path, wanted) => {
  expect(new Links(system, "stays").follow(path)).toBe(wanted);
});

test.each<[string, Followed]>([
  ["lib/x", "usr/lib/x"],
  ["above/hosts", OUTSIDE],
  ["lib/out", OUTSIDE],
])("in a folder %s is %s", (path, wanted) => {
  expect(new Links(system, "leaves").follow(path)).toBe(wanted);
});

test("a target may mean another text than is written", () => {
  const links = new Links(new Map([["a", "/srv/shop/b"]]), "leaves", (target) =>
    target.replace("/srv/shop", ""),
  );
  expect(links.follow("a/c")).toBe("b/c");
});

test("links that multiply each other end", () => {
  const targets = new Map(
    Array.from({ length: 60 }, (_, i) => [`l${i}`, `l${i + 1}/../l${i + 1}`]),
  );
  expect(new Links(targets, "stays").follow("l0")).toBe(null);
  expect(new Links(new Map([["a", "b/".repeat(1_000_000)]]), "stays").follow("a")).toBe(null);
  expect(new Links(targets, "stays").follow("x/".repeat(1_000_000))).toBe(null);
});

test("whatever leads where, the answer is free of links, and the same when it is asked again", () => {
  const part = fc.constantFrom("a", "b", "c", "..", ".", "");
  const path = fc.array(part, { maxLength: 5 }).map((parts) => parts.join("/"));
  const place = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 2 });
  const entries = fc.array(
    fc.tuple(
      place.map((parts) => parts.join("/")),
      path,
    ),
  );
  fc.assert(
    fc.property(entries, place, (links, asked) => {
      const targets = new Map(links);
      const follower = new Links(targets, "stays");
      const real = follower.follow(asked.join("/"));
      expect(follower.follow(asked.join("/"))).toBe(real);
      if (typeof real !== "string") return;
      for (const [i] of real.split("/").entries())
        expect(
          targets.has(
            real
              .split("/")
              .slice(0, i + 1)
              .join("/"),
          ),
        ).toBe(false);
    }),
  );
});
