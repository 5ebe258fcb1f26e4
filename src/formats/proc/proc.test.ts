import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Interpreted, interpretedBy } from "./interpreted.ts";
import { executableMappings } from "./maps.ts";
import { parseMountinfo } from "./mountinfo.ts";

describe("mounts", () => {
  test("are read with their options, and without escapes", () => {
    const text = [
      "22 1 0:21 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w",
      "23 22 0:22 / /dev/shm rw,nosuid - tmpfs shm rw,size=65536k",
      "24 22 8:1 /vol\\040one /data\\134x ro,nosuid - ext4 /dev/vda rw",
      "",
      "nonsense",
    ].join("\n");
    expect(parseMountinfo(text)).toEqual([
      {
        point: "/",
        root: "/",
        type: "overlay",
        isReadOnly: false,
        options: "rw,lowerdir=/l,upperdir=/u,workdir=/w",
      },
      { point: "/dev/shm", root: "/", type: "tmpfs", isReadOnly: false, options: "rw,size=65536k" },
      { point: "/data\\x", root: "/vol one", type: "ext4", isReadOnly: true, options: "rw" },
    ]);
  });

  test("of anything else are none", () =>
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseMountinfo(text)))));
});

describe("mappings", () => {
  test("are executable files, each once, ranges as in map_files", () => {
    const text = [
      "00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus-daemon",
      "00651000-00652000 r--p 00051000 08:02 173521      /usr/bin/dbus-daemon",
      "00700000-00752000 r-xp 00100000 08:02 173521      /usr/bin/dbus-daemon",
      "7f0000000000-7f0000001000 r-xs 00000000 00:01 5  /memfd:x y (deleted)",
      "7f1000000000-7f1000001000 r-xp 00000000 00:00 0",
      "7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0   [vdso]",
    ].join("\n");
    expect(executableMappings(text)).toEqual([
      { range: "400000-452000", file: "08:02:173521", path: "/usr/bin/dbus-daemon" },
      { range: "7f0000000000-7f0000001000", file: "00:01:5", path: "/memfd:x y (deleted)" },
    ]);
  });
});

describe("what an interpreter runs", () => {
  const file = (path: string): Interpreted => ({ kind: "file", path });
  const none: Interpreted = { kind: "none" };
  const input: Interpreted = { kind: "input" };
  const rows: readonly (readonly [string, string[], Interpreted | null])[] = [
    ["sh", ["sh", "/tmp/x"], file("/tmp/x")],
    ["dash", ["/bin/sh", "-eu", "x.sh", "-c"], file("x.sh")],
    ["bash", ["bash", "-c", "ls"], none],
    ["bash", ["bash", "-xec", "ls", "x"], none],
    ["bash", ["bash", "-o", "pipefail", "+e", "run"], file("run")],
    ["bash", ["-bash"], input],
    ["bash", ["bash", "--", "-x"], file("-x")],
    ["sh", ["sh", "-s", "x"], input],
    ["busybox", ["sh", "/tmp/x"], file("/tmp/x")],
    ["busybox", ["busybox", "ash", "/tmp/x"], file("/tmp/x")],
    ["busybox", ["sleep", "600"], null],
    ["busybox", ["busybox", "nc", "-l"], null],
    ["python3.11", ["python3", "-u", "app.py"], file("app.py")],
    ["python3", ["python3", "-m", "http.server"], { kind: "module", name: "http.server" }],
    ["python3", ["python3", "-W", "ignore", "-Bc", "print()"], none],
    ["node", ["node", "--require", "./a.js", "server.js"], file("server.js")],
    ["python3", ["python3", "-"], input],
    ["node", ["node", "-e", "1"], none],
    ["perl", ["perl", "-wne", "print"], none],
    ["perl5.36", ["perl", "-w", "x.pl"], file("x.pl")],
    ["ruby", ["ruby", "-I", "lib", "x.rb"], file("x.rb")],
    ["php8.2", ["php", "-f", "x.php"], file("x.php")],
    ["java", ["java", "-Xmx1g", "-jar", "app.jar"], file("app.jar")],
    ["deno", ["deno", "run", "x.ts"], file("x.ts")],
    ["nginx", ["nginx", "x"], null],
    ["constructor", ["constructor", "x"], null],
  ];
  test.each(rows)("%s %j", (program, args, said) =>
    expect(interpretedBy(program, args)).toEqual(said),
  );
});
