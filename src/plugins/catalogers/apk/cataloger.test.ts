import { execFileSync, type StdioOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../../test/shared.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { apk } from "./cataloger.ts";

const PATH = "lib/apk/db/installed";
const read = (text: string): Reading => apk.read({ path: PATH, bytes: utf8Bytes(text) });

const ZLIB = `C:Q1x=
P:zlib-dev
V:1.2.11-r1
A:x86_64
L:Zlib AND MIT
o:zlib
D:so:libc.musl-x86_64.so.1 /bin/sh musl>=1.1 !old missing so:absent.so.1
F:usr
F:usr/include
R:zlib.h
a:0:0:644
Z:Q1=
R:zconf.h
F:
R:top

P:musl
V:1.1.22-r3
A:x86_64
o:musl
p:so:libc.musl-x86_64.so.1=1

P:busybox
V:1.30.1-r3
p:/bin/sh cmd:sh=1.30

`;

test("reads origin, licence, dependencies and files", () => {
  expect(read(ZLIB)).toEqual({
    packages: [
      {
        type: "apk",
        name: "zlib-dev",
        version: "1.2.11-r1",
        source: { name: "zlib", version: "1.2.11-r1" },
        architecture: "x86_64",
        licenses: ["Zlib AND MIT"],
        dependsOn: ["musl", "busybox"],
      },
      { type: "apk", name: "musl", version: "1.1.22-r3", architecture: "x86_64" },
      { type: "apk", name: "busybox", version: "1.30.1-r3" },
    ],
    owned: [
      {
        type: "apk",
        name: "zlib-dev",
        paths: ["usr/include/zlib.h", "usr/include/zconf.h", "top"],
      },
    ],
    problems: [],
  });
});

const damages: readonly [string, string, string | null, number][] = [
  ["an empty file", "", null, 0],
  ["empty lines", "\n\n\n", null, 0],
  ["the last record without an empty line", "P:a\nV:1\n", null, 1],
  [
    "a cut line",
    "P:a\nV:1\n\nP:b\nV:2\nF:usr/li",
    "the package database is cut: its last line has no end",
    2,
  ],
  [
    "no version",
    "P:a\nA:x\n\nP:b\nV:1\n\n",
    'package "a" at line 1 has no version that can be read',
    1,
  ],
  ["no name", "V:1\n\n", "the record at line 1 does not name a package", 0],
  ["a line of another form", "P:a\nV:1\nnonsense\n\n", 'line 3 is not of the form "X:value"', 1],
];

test.each(damages)("damage: %s", (_, text, detail, packages) => {
  const reading = read(text);
  expect(reading.packages).toHaveLength(packages);
  if (detail === null) expect(reading.problems).toEqual([]);
  else expect(reading.problems).toContainEqual({ code: "file-damaged", detail });
});

test("twenty thousand packages that provide and want much take no quadratic time", () => {
  const provides = Array.from({ length: 50 }, (_, i) => `cmd:c${i}`).join(" ");
  const text = Array.from(
    { length: 20_000 },
    (_, i) => `P:p${i}\nV:1\np:${provides}\nD:cmd:c1 p3\n`,
  ).join("\n");
  const before = performance.now();
  expect(read(text).packages).toHaveLength(20_000);
  expect(performance.now() - before).toBeLessThan(3_000);
});

describe("hostile bytes", () => {
  test("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(apk.read({ path: PATH, bytes }).problems.length).toBeLessThan(22);
      }),
    );
  });

  test("never throws on a database with bytes changed or cut, and survives JSON", () => {
    const whole = utf8Bytes(ZLIB);
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        (at, byte, length) => {
          const bytes = whole.slice(0, Math.max(length, at + 1));
          bytes[at] = byte;
          const reading = apk.read({ path: PATH, bytes });
          expect(JSON.parse(JSON.stringify(reading))).toEqual(reading);
        },
      ),
    );
  });
});

describeShared("real images", () => {
  describe.each(["alpine-310", "alpine-311"])("%s", (image) => {
    let root = "";

    beforeAll(() => {
      root = mkdtempSync(join(tmpdir(), "bulwark-apk-"));
      const archive = sharedPath(`data/goldens/images/${image}.tar.gz`);
      execFileSync("tar", ["-xzf", archive, "-C", root]);
      const manifest: { Layers: string[] }[] = JSON.parse(
        readFileSync(join(root, "manifest.json"), "utf8"),
      );
      const layer = join(root, manifest[0]?.Layers[0] ?? "");
      execFileSync("tar", ["-xf", layer, "-C", root]);
    });

    afterAll(() => rmSync(root, { recursive: true, force: true }));

    const catalog = (): Reading => apk.read({ path: PATH, bytes: readFileSync(join(root, PATH)) });

    test("has no problems, fourteen packages, and libssl1.1 of openssl", () => {
      const { packages, problems } = catalog();
      expect(problems).toEqual([]);
      expect(packages).toHaveLength(14);
      const libssl = packages.find((p) => p.name === "libssl1.1");
      expect(libssl?.source?.name).toBe("openssl");
      expect(libssl?.dependsOn).toContain("libcrypto1.1");
    });

    test("says what the image's own apk says", ({ skip }) => {
      const reason = hindranceToChroot();
      if (reason !== null) return skip(reason);
      const listed = apkSays(root, "list", "-I");
      expect(catalog().packages.map(asListed).sort()).toEqual(listed.trim().split("\n").sort());
      const owner = apkSays(root, "info", "-W", "/bin/busybox");
      expect(owner).toContain("owned by busybox-");
      const owners = new Map(
        (catalog().owned ?? []).flatMap(({ name, paths }) => paths.map((p) => [p, name])),
      );
      expect(owners.get("bin/busybox")).toBe("busybox");
    });
  });
});

function apkSays(root: string, command: string, ...words: string[]): string {
  const stdio: StdioOptions = ["ignore", "pipe", "ignore"];
  return execFileSync("chroot", [root, "/sbin/apk", command, ...words], {
    encoding: "utf8",
    stdio,
  });
}

/** As `apk list` prints. */
function asListed(found: FoundPackage): string {
  const origin = found.source?.name ?? found.name;
  return `${found.name}-${found.version} ${found.architecture} {${origin}} (${found.licenses?.join() ?? ""}) [installed]`;
}

function hindranceToChroot(): string | null {
  const able = process.platform === "linux" && process.arch === "x64" && process.getuid?.() === 0;
  if (able) return null;
  if (process.env["CI"] === "true") throw new Error("the images' own apk must run where CI=true");
  return "running the image's own apk needs root on Linux x64";
}
