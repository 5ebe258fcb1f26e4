import { expect, test } from "vitest";
import type { PinPlace } from "./pin.ts";
import { unpinnedIn } from "./unpinned.ts";

function place(name: string, state: PinPlace["state"], what: PinPlace["what"] = "image"): PinPlace {
  const reason = state === "unknown" ? "the variable TAG decides it" : null;
  return { line: 3, column: 6, what, user: "job a", name, state, becomes: null, reason };
}

test("what is not pinned is a finding with its place and its fix, and what cannot be told a problem", () => {
  const places = [
    place("alpine:3.19", "unpinned"),
    place("actions/checkout@v4", "unpinned", "action"),
    place("alpine@sha256:0", "pinned"),
    place("alpine:$TAG", "unknown"),
  ];
  const { findings, problems } = unpinnedIn([{ path: "a b/ci.yaml", kind: "workflow", places }]);
  const said = findings.map(({ message, locations, remedy, subject }) => {
    return [message, locations[0]?.path, locations[0]?.line, remedy, subject.kind];
  });
  expect([said, problems]).toEqual([
    [
      [
        "job a: image alpine:3.19 is not named by its digest",
        "a b/ci.yaml",
        3,
        "bulwark pin 'a b/ci.yaml'",
        "workflow",
      ],
      [
        "job a: action actions/checkout@v4 is not named by its commit",
        "a b/ci.yaml",
        3,
        "bulwark pin 'a b/ci.yaml'",
        "workflow",
      ],
    ],
    [
      {
        code: "configuration-unknown",
        detail: "job a: cannot tell whether alpine:$TAG is pinned: the variable TAG decides it",
        path: "a b/ci.yaml:3",
      },
    ],
  ]);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(2);
});
