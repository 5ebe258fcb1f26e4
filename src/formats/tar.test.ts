import { execFileSync } from "node:child_process";
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { type TarEntry, TarReader } from "./tar.ts";

const folder = mkdtempSync(join(tmpdir(), "bulwark-tar-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Read {
  readonly entry: TarEntry;
  readonly text: string;
}

function read(archive: Buffer, pieceBytes = archive.length): Read[] {
  const found: Read[] = [];
  let entry: TarEntry | null = null;
  let pieces: Buffer[] = [];
  const reader = new TarReader({
    entry: (e) => {
      entry = e;
      pieces = [];
    },
    data: (piece) => {
      pieces.push(Buffer.from(piece));
    },
    end: () => {
      if (entry !== null) found.push({ entry, text: Buffer.concat(pieces).toString("latin1") });
    },
  });
  for (let at = 0; at < archive.length; at += pieceBytes)
    reader.push(archive.subarray(at, at + pieceBytes));
  reader.finish();
  return found;
}

/** The same tree in every format that tar writes, so that the reader is held against another implementation. */
function tree(): string {
  const root = join(folder, "tree");
  mkdirSync(join(root, "deep"), { recursive: true });
  writeFileSync(join(root, "a.txt"), "hello");
  linkSync(join(root, "a.txt"), join(root, "b.txt"));
  symlinkSync("../a.txt", join(root, "deep", "link"));
  writeFileSync(join(root, "deep", `${"long-name-".repeat(20)}.txt`), "long");
  symlinkSync("x".repeat(180), join(root, "deep", "long-link"));
  writeFileSync(join(root, "grüße €.txt"), "utf8");
  const sparse = join(root, "sparse.bin");
  writeFileSync(sparse, "start");
  truncateSync(sparse, 300_000);
  writeFileSync(sparse, "end", { flag: "a" });
  return root;
}

const root = tree();

function archiveOf(...flags: string[]): Buffer {
  return execFileSync("tar", [...flags, "-C", root, "-cf", "-", "."], { maxBuffer: 1 << 28 });
}

const FORMATS: readonly (readonly [name: string, ...flags: string[]])[] = [
  ["gnu", "--format=gnu"],
  ["pax", "--format=pax"],
  ["gnu with holes", "--format=gnu", "-S"],
  ["pax with holes 0.0", "--format=pax", "-S", "--sparse-version=0.0"],
  ["pax with holes 0.1", "--format=pax", "-S", "--sparse-version=0.1"],
  ["pax with holes 1.0", "--format=pax", "-S", "--sparse-version=1.0"],
];

interface HeaderChanges {
  readonly prefix?: string;
  readonly magic?: string;
  readonly size?: string;
}

/** An entry made by hand, for what no program writes. */
function block(name: string, flag: string, content: string, changes: HeaderChanges = {}): Buffer {
  const padded = Math.ceil(content.length / 512) * 512;
  const bytes = Buffer.alloc(512 + padded);
  bytes.write(name, 0, "latin1");
  bytes.write(changes.size ?? content.length.toString(8), 124, "latin1");
  bytes.write(flag, 156, "latin1");
  bytes.write(changes.magic ?? "ustar\u000000", 257, "latin1");
  bytes.write(changes.prefix ?? "", 345, "latin1");
  bytes.fill(0x20, 148, 156);
  const sum = bytes.subarray(0, 512).reduce((a, b) => a + b, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  bytes.write(content, 512, "latin1");
  return bytes;
}

function file(name: string, changes?: HeaderChanges): Buffer {
  return block(name, "0", "text", changes);
}

function longName(name: string): Buffer {
  return block("././@LongLink", "L", `${name}\0`);
}

function pax(records: Readonly<Record<string, string>>, flag = "x"): Buffer {
  const lines = Object.entries(records).map(([keyword, value]) => {
    const rest = ` ${keyword}=${value}\n`;
    const length = rest.length + String(rest.length + 2).length;
    return `${length}${rest}`;
  });
  return block("pax", flag, lines.join(""));
}

function sparsePax(map: string, realSize: number): Buffer {
  return pax({
    "GNU.sparse.major": "0",
    "GNU.sparse.minor": "1",
    "GNU.sparse.map": map,
    "GNU.sparse.size": String(realSize),
  });
}

function archive(...entries: Buffer[]): Buffer {
  return Buffer.concat([...entries, Buffer.alloc(1024)]);
}

describe("tar", () => {
  for (const [name, ...flags] of FORMATS) {
    for (const pieceBytes of [1 << 20, 513, 1]) {
      test(`${name}, read in pieces of ${pieceBytes}, gives what went in`, () => {
        const archive = archiveOf(...flags);
        const byPath = new Map(
          read(archive, pieceBytes).map((r) => [r.entry.path.replace(/^\.\//, ""), r]),
        );
        const [first, second] = ["a.txt", "b.txt"].map((p) => byPath.get(p));
        expect([first?.entry.type, second?.entry.type].sort()).toEqual(["file", "hardlink"]);
        expect(`${first?.text}${second?.text}`).toBe("hello");
        expect(byPath.get("deep/link")?.entry).toMatchObject({ type: "symlink", link: "../a.txt" });
        expect(byPath.get(`deep/${"long-name-".repeat(20)}.txt`)?.text).toBe("long");
        expect(byPath.get("deep/long-link")?.entry.link).toBe("x".repeat(180));
        expect(byPath.get("grüße €.txt")?.text).toBe("utf8");
        const sparse = byPath.get("sparse.bin");
        expect(sparse?.entry.sizeBytes).toBe(300_003);
        expect(sparse?.text === `start${"\0".repeat(299_995)}end`).toBe(true);
      });
    }
  }

  test("old V7 archives are read, where folders are marked by a slash alone", () => {
    const v7 = execFileSync("tar", ["--format=v7", "-C", root, "-cf", "-", "a.txt", "deep/link"]);
    expect(read(v7).map((r) => [r.entry.path, r.entry.type])).toEqual([
      ["a.txt", "file"],
      ["deep/link", "symlink"],
    ]);
  });

  test("a cut archive is an error and not a shorter archive", () => {
    const archive = archiveOf();
    for (const length of [100, 700, archive.indexOf("hello") + 2]) {
      expect(() => read(archive.subarray(0, length))).toThrow(/cut/);
    }
  });

  test("what is no tar archive says where", () => {
    expect(() => read(Buffer.alloc(2048, 0x41))).toThrow(
      /cannot read tar archive near byte 0: it is no tar archive/,
    );
  });

  // What Go's archive/tar makes of these, with which Docker, containerd and Podman unpack layers.
  test.each<[name: string, archive: Buffer, path: string, text: string]>([
    [
      "of two extended headers the last counts, whole",
      archive(pax({ path: "first" }), pax({ uid: "5" }), file("own")),
      "own",
      "text",
    ],
    [
      "a GNU long name goes before a path",
      archive(longName("gnu"), pax({ path: "pax" }), file("own")),
      "gnu",
      "text",
    ],
    [
      "a global header names nothing",
      archive(pax({ path: "all" }, "g"), file("own")),
      "own",
      "text",
    ],
    [
      "a global header is what the header before it was about",
      archive(pax({ path: "one" }), pax({ comment: "c" }, "g"), file("own")),
      "own",
      "text",
    ],
    ["a slash alone makes no folder of a file", archive(file("own/")), "own/", "text"],
    [
      "a prefix is put before the name",
      archive(file("own", { prefix: "usr/lib" })),
      "usr/lib/own",
      "text",
    ],
    [
      "a GNU header without times has a prefix",
      archive(file("own", { prefix: "usr/lib", magic: "ustar  \0" })),
      "usr/lib/own",
      "text",
    ],
    [
      "a GNU header with times has none",
      archive(file("own", { prefix: "14777777777\0", magic: "ustar  \0" })),
      "own",
      "text",
    ],
    [
      "keywords of a sparse format that nobody knows are passed over",
      archive(
        pax({ "GNU.sparse.major": "7", "GNU.sparse.name": "other", "GNU.sparse.realsize": "9" }),
        file("own"),
      ),
      "own",
      "text",
    ],
    [
      "blanks before a size are passed over",
      archive(file("own", { size: "\0   4" })),
      "own",
      "text",
    ],
  ])("%s", (_, bytes, path, text) => {
    expect(read(bytes).map((r) => [r.entry.path, r.entry.type, r.text])).toEqual([
      [path, "file", text],
    ]);
  });

  test.each<[name: string, archive: Buffer, complaint: RegExp]>([
    [
      "a malformed extended header",
      archive(block("p", "x", "99 path=a\n"), file("own")),
      /an extended header is malformed/,
    ],
    [
      "a size that is none",
      archive(pax({ size: "-4" }), file("own")),
      /size in an extended header is no number/,
    ],
    [
      "stretches that lie over one another",
      archive(sparsePax("2,2,1,2", 9), file("own")),
      /the map of sparse file "own" does not fit it/,
    ],
    ["a stretch behind the end", archive(sparsePax("7,4", 9), file("own")), /does not fit it/],
    [
      "more holes than anybody needs, in all files together",
      archive(sparsePax("0,4", 5), file("a"), sparsePax("0,4", 4 * 2 ** 30 + 4), file("b")),
      /more than 4294967296 bytes of holes/,
    ],
  ])("%s is refused", (_, bytes, complaint) => {
    expect(() => read(bytes)).toThrow(complaint);
  });

  test("an extended header that claims gigabytes is refused before it is gathered", () => {
    const block = Buffer.from(archiveOf("--format=gnu").subarray(0, 512));
    block.write("77777777777\0", 124, "latin1");
    block.write("L", 156, "latin1");
    block.fill(0x20, 148, 156);
    const sum = block.reduce((a, b) => a + b, 0);
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    expect(() => read(block)).toThrow(/extended header claims/);
  });

  test("no bytes make it throw anything but its own error", () => {
    const archive = archiveOf("--format=pax", "-S");
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 20 }),
        (changes) => {
          const changed = Buffer.from(archive);
          for (const [at, byte] of changes) changed[at] = byte;
          try {
            read(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
