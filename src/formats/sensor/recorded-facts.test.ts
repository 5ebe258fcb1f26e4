import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { unseenProcess } from "./processes.ts";
import { factOf, type RecordedFact } from "./recorded-facts.ts";
import { factFrame, recordingPart } from "./recording.ts";

const PROCESS = {
  ...unseenProcess(7),
  name: " spaced ",
  arguments: ["-c", ""],
  effective: 0xffff_ffff_ffff_ffffn,
  loginUid: -1,
};

describe("a fact of a recording", () => {
  test.each<[string, RecordedFact]>([
    ["a process", { kind: "process", process: PROCESS }],
    ["a loss", { kind: "lost", counts: [{ type: "openat", dropped: 3 }] }],
    [
      "a container",
      {
        kind: "container",
        cgroup: 5,
        path: "/docker/a1",
        container: {
          id: "a1",
          engine: "docker",
          name: "web",
          image: { reference: "web:1", repository: "web", tag: "1", digest: null, id: "sha256:1" },
          labels: { tier: "front" },
          isPrivileged: false,
          pod: null,
          mounts: [{ source: "/", destination: "/host", isWritable: true }],
          startedAt: null,
          problems: [{ code: "container-unknown", detail: "why" }],
        },
      },
    ],
    [
      "the start",
      {
        kind: "start",
        bootedAt: { seconds: 1, nanoseconds: 2 },
        architecture: "x64",
        kernel: "6.1",
        blind: ["bpf"],
      },
    ],
  ])("%s comes back as it was kept", (_, fact) => {
    const frame = factFrame(fact);
    const part = recordingPart(frame, 0);
    // Labels come back without what objects inherit.
    expect(JSON.parse(JSON.stringify(part, asText))).toEqual(
      JSON.parse(JSON.stringify({ kind: "fact", length: frame.length, fact }, asText)),
    );
  });

  test.each([
    { kind: "process", process: { pid: "x", arguments: 3, effective: "zz", file: [] } },
    {
      kind: "container",
      cgroup: {},
      container: { labels: [], mounts: 3, problems: [{ code: 1 }] },
    },
    { kind: "start", bootedAt: { seconds: 1e300, nanoseconds: -1 }, blind: "all" },
    { kind: "lost", counts: [{ type: "__proto__", dropped: 1 }, 3] },
  ])("%j is read without a failure", (value) => {
    expect(factOf(value)?.kind).toBe(value.kind);
  });

  test("of another kind is none", () => {
    for (const value of [null, 3, [], {}, { kind: "toString" }]) expect(factOf(value)).toBeNull();
  });

  test("is read whatever JSON it is", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("start", "process", "container", "lost"),
        fc.jsonValue(),
        fc.jsonValue(),
        (kind, one, other) => {
          const fact = factOf({
            kind,
            process: one,
            container: other,
            bootedAt: one,
            counts: other,
          });
          return fact?.kind === kind;
        },
      ),
    );
  });
});

function asText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString(16) : value;
}
