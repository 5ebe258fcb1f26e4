import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ObservedFile } from "../../model/drift.ts";
import { compareFile } from "./compare-file.ts";
import { madeBaseline, observed } from "./test-support/made-baseline.ts";

const baseline = madeBaseline({
  bin: { link: "usr/bin" },
  "usr/bin/ls": { content: "ls", owner: "deb/coreutils" },
  "usr/bin/busybox": { content: "busybox" },
  "usr/bin/hard": { content: "busybox", kind: "hardlink" },
  "usr/lib/empty": { content: "" },
  "usr/lib/libz.so.1": { content: "libz", owner: "deb/zlib1g" },
  "var/lib/data/tool": { content: "tool" },
});

const rows: readonly (readonly [
  name: string,
  file: ObservedFile,
  verdict: string | null,
  image: string | null,
])[] = [
  ["path and content", observed("usr/bin/ls", "ls"), "same", "usr/bin/ls"],
  ["through a linked folder", observed("bin/ls", "ls"), "same", "usr/bin/ls"],
  ["touched and chmodded", observed("usr/bin/ls", "ls", { mode: 0o700 }), "same", "usr/bin/ls"],
  ["a hard link", observed("usr/bin/hard", "busybox"), "same", "usr/bin/hard"],
  ["a copied busybox", observed("tmp/x", "busybox"), "moved", "usr/bin/busybox"],
  ["one image file over another", observed("usr/bin/ls", "busybox"), "moved", "usr/bin/busybox"],
  ["a replaced library", observed("usr/lib/libz.so.1", "evil"), "modified", "usr/lib/libz.so.1"],
  ["unknown", observed("tmp/x", "evil"), "dropped", null],
  ["empty files are not alike", observed("tmp/x", ""), "dropped", null],
  [
    "a copy in shared memory",
    observed("dev/shm/x", "busybox", { place: "tmpfs" }),
    "moved",
    "usr/bin/busybox",
  ],
  ["unknown in a volume", observed("var/lib/data/x", "evil", { place: "volume" }), "dropped", null],
  [
    "other content in a volume takes no place",
    observed("var/lib/data/tool", "evil", { place: "volume" }),
    "dropped",
    null,
  ],
  [
    "a volume with what the image had there",
    observed("var/lib/data/tool", "tool", { place: "volume" }),
    "same",
    "var/lib/data/tool",
  ],
  ["in memory", observed("usr/bin/ls", "evil", { place: "memory" }), "memfd", null],
  [
    "in memory by a name and with content of the image",
    observed("usr/bin/ls", "ls", { place: "memory" }),
    "memfd",
    "usr/bin/ls",
  ],
  ["deleted, and unknown", observed("tmp/x", "evil", { isGone: true }), "deleted", null],
  [
    "deleted, and the image's",
    observed("usr/bin/ls", "ls", { isGone: true }),
    "deleted",
    "usr/bin/ls",
  ],
  [
    "deleted where the image has another",
    observed("usr/bin/ls", "evil", { isGone: true }),
    "deleted",
    null,
  ],
  ["not read", observed("usr/bin/ls", null), null, null],
];

describe("a file of a container", () => {
  test.each(rows)("%s", (_, file, verdict, image) => {
    const told = compareFile(baseline, file);
    expect(told?.verdict ?? null).toBe(verdict);
    expect(told?.image?.path ?? null).toBe(image);
  });

  test("is told with layer and owner", () => {
    expect(compareFile(baseline, observed("usr/bin/ls", "ls"))?.image).toEqual({
      path: "usr/bin/ls",
      layer: 0,
      owner: "deb/coreutils",
      mode: 0o755,
    });
  });

  test("is never the image's with content that the image does not have", () => {
    const place = fc.constantFrom("root", "volume", "tmpfs", "memory" as const);
    const path = fc.constantFrom(
      "usr/bin/ls",
      "bin/ls",
      "usr/bin/hard",
      "x",
      "",
      "usr/../usr/bin/ls",
    );
    const file = fc.record({ at: path, where: place, isGone: fc.boolean(), content: fc.string() });
    fc.assert(
      fc.property(file, ({ at, where, isGone, content }) => {
        fc.pre(!["ls", "busybox", "libz", "tool", ""].includes(content));
        const seen = observed(at, content, { place: where as ObservedFile["place"], isGone });
        expect(["same", "moved"]).not.toContain(compareFile(baseline, seen)?.verdict);
      }),
    );
  });

  test("with half of a digest is nobody's", () => {
    const file = observed("usr/bin/ls", "ls");
    const half = { ...file, sha256: `${file.sha256?.slice(0, 12)}${"0".repeat(52)}` };
    expect(compareFile(baseline, half)?.verdict).toBe("modified");
  });
});
