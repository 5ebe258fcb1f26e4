import { execFileSync } from "node:child_process";
import {
  chmodSync,
  createReadStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { AppError } from "../../kit/error.ts";
import { type FileRow, rowOf } from "../../model/file-table.ts";
import { inflate } from "../layers/inflate.ts";
import { type LayerVisitor, walkLayer } from "../layers/walk.ts";
import { type WalkedTree, type WalkOptions, walkTree } from "./walk-tree.ts";

let root = "";
let count = 0;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-tree-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder with these files; a value that begins with `->` makes a link. */
function folder(files: Readonly<Record<string, string>>): string {
  count += 1;
  const path = join(root, String(count));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) {
    const place = join(path, name);
    mkdirSync(dirname(place), { recursive: true });
    if (content.startsWith("->")) symlinkSync(content.slice(2), place);
    else writeFileSync(place, content);
  }
  return path;
}

class Seen implements LayerVisitor {
  readonly gatherBytesMax: number = 1000;
  readonly told: string[] = [];

  interest(path: string): "always" | "if-elf" | "no" {
    if (/(^|\/)(wanted|package\.json)$/.test(path)) return "always";
    return path.endsWith(".txt") ? "no" : "if-elf";
  }

  file(path: string, bytes: Uint8Array): void {
    this.told.push(`${path}: ${Buffer.from(bytes).toString("latin1", 0, 20)}`);
  }

  tooLarge(path: string, sizeBytes: number): void {
    this.told.push(`${path}: ${sizeBytes} bytes`);
  }
}

interface Walk extends WalkedTree {
  readonly told: readonly string[];
}

async function walk(path: string, options: Partial<WalkOptions> = {}): Promise<Walk> {
  const visitor = new Seen();
  const { signal } = new AbortController();
  const walked = await walkTree(path, visitor, { signal, hash: false, ...options });
  return { ...walked, told: visitor.told.sort() };
}

function rows({ files }: WalkedTree): FileRow[] {
  const all = Array.from({ length: files.count }, (_, row) => rowOf(files, row));
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const names = (walked: WalkedTree): string[] => rows(walked).map((row) => row.path);
const ELF = `\x7fELF${"x".repeat(60)}`;

describe("a folder", () => {
  test("is walked whole, and the visitor gets what it wants", async () => {
    const path = folder({
      "a/wanted": "first",
      "a/program": ELF,
      "a/text": "no program, however long it may become: it does not begin as one",
      "b/elf.txt": ELF,
      "node_modules/x/package.json": "{}",
      wanted: "",
    });
    truncateSync(join(path, "wanted"), 2000);
    const walked = await walk(path);
    expect([walked.told, walked.problems]).toEqual([
      [
        "a/program: \x7fELFxxxxxxxxxxxxxxxx",
        "a/wanted: first",
        "node_modules/x/package.json: {}",
        "wanted: 2000 bytes",
      ],
      [],
    ]);
    expect(names(walked)).toHaveLength(10);
  });

  test("gives digests only when they are asked for", async () => {
    const path = folder({ file: "x", wanted: "y" });
    const digests = async (hash: boolean): Promise<unknown> =>
      rows(await walk(path, { hash })).map((row) => row.sha256?.slice(0, 8) ?? null);
    expect([await digests(false), await digests(true)]).toEqual([
      [null, null],
      ["2d711642", "a1fce436"],
    ]);
  });

  test("leaves out what is excluded, and repositories' own stores, but not what only bears their name", async () => {
    const path = folder({
      ".git/HEAD": "",
      ".git/objects/x/wanted": "history",
      "sub/.git/wanted": "hidden",
      "skip/deep/wanted": "no",
      "keep/wanted": "yes",
    });
    expect((await walk(path, { excludes: ["skip"] })).told).toEqual([
      "keep/wanted: yes",
      "sub/.git/wanted: hidden",
    ]);
  });

  test("is the same in any order in which it was made", async () => {
    const walked = await walk(folder({ b: "", "a/z": "", "a/y": "" }));
    const paths = walked.files.paths;
    expect(paths.indexOf("a")).toBeLessThan(paths.indexOf("a/y"));
  });

  test("may be named by a link, but nothing in it leads out", async () => {
    const outside = folder({ wanted: "secret", "deep/wanted": "secret" });
    const path = folder({
      "inside/package.json": "here",
      "out/wanted": `->${outside}/wanted`,
      "up/wanted": "->../../1/wanted",
      folder: `->${outside}/deep`,
      "loop/wanted": "->wanted",
      "dead/wanted": "->nothing",
    });
    symlinkSync(path, `${path}-link`);
    const walked = await walk(`${path}-link`);
    expect([walked.told, walked.problems]).toEqual([
      ["inside/package.json: here"],
      [
        {
          code: "file-unreadable",
          path: "up/wanted",
          detail: "it is a link that leads outside the folder and was not followed",
        },
      ],
    ]);
  });

  test("has evidence under names that are links, relative, absolute, and through other links", async () => {
    const path = folder({
      "real/file.txt": "content",
      link: "->real",
      "a/wanted": "->../link/file.txt",
      "b/wanted": "->/link/file.txt",
      "c/package.json": "->../a/wanted",
    });
    symlinkSync(join(path, "real/file.txt"), join(path, "wanted"));
    expect((await walk(path)).told).toEqual([
      "a/wanted: content",
      "b/wanted: content",
      "c/package.json: content",
      "wanted: content",
    ]);
  });

  test("has evidence below links of folders where it is asked for exactly, and nowhere else", async () => {
    const path = folder({
      "data/db/wanted": "here anyway",
      "data/db/state": "found",
      "data/db/info/a": "one",
      "data/db/info/deep/b": "not asked for",
      "var/lib/db": "->/data/db",
      "var/other": "->/data/db",
      "var/out": "->../../..",
    });
    const exact = {
      paths: new Set(["var/lib/db/state", "var/lib/db/wanted", "var/out/state", "var/none"]),
      folders: new Set(["var/lib/db/info"]),
    };
    const visitor = new Seen();
    const isExact = (p: string): boolean => exact.paths.has(p) || p.startsWith("var/lib/db/info/");
    visitor.interest = (p) => (isExact(p) || p.endsWith("/wanted") ? "always" : "no");
    const { signal } = new AbortController();
    const { problems } = await walkTree(path, visitor, { signal, hash: false, exact });
    expect([visitor.told.sort(), problems.map((p) => p.path)]).toEqual([
      ["data/db/wanted: here anyway", "var/lib/db/info/a: one", "var/lib/db/state: found"],
      ["var/out/state"],
    ]);
  });

  test("may have pipes, sockets and devices, which are never opened", async () => {
    const path = folder({ file: "" });
    execFileSync("mkfifo", [join(path, "wanted")]);
    mkdirSync(join(path, "s"));
    const server = createServer().listen(join(path, "s/wanted"));
    await new Promise((listening) => server.once("listening", listening));
    if (process.getuid?.() === 0)
      execFileSync("mknod", [join(path, "package.json"), "c", "1", "5"]);
    const walked = await walk(path);
    server.close();
    expect([walked.told, walked.problems]).toEqual([[], []]);
  });

  test("of great depth, or with names that are no UTF-8, says what was left out", async () => {
    const path = folder({});
    execFileSync("sh", ["-c", `cd "$0" && for i in $(seq 210); do mkdir d && cd d; done`, path]);
    execFileSync("sh", ["-c", `touch "$0/$(printf 'caf\\351')"`, path]);
    const { problems } = await walk(path);
    expect(problems.map((p) => p.detail).sort()).toEqual([
      "it lies more than 200 folders deep and was left out",
      "its name is not UTF-8 and it was left out",
    ]);
    execFileSync("rm", ["-rf", path]);
  });

  test("that is none is refused", async () => {
    const file = join(folder({ x: "" }), "x");
    const told = async (path: string): Promise<string> => {
      const error: unknown = await walk(path).catch((e: unknown) => e);
      return error instanceof AppError ? `${error.code}: ${error.message}` : String(error);
    };
    expect(await told(file)).toBe(
      `unreadable: cannot open folder ${JSON.stringify(file)}: it is a file`,
    );
    expect(await told(join(root, "absent"))).toContain("not-found: cannot open folder");
  });

  test("is left in the middle when we are asked to stop", async () => {
    const path = folder(Object.fromEntries(Array.from({ length: 2100 }, (_, i) => [`f${i}`, ""])));
    const signal = AbortSignal.abort(new Error("stop"));
    await expect(walkTree(path, new Seen(), { signal, hash: false })).rejects.toThrow("stop");
  });

  test("of the kernel is not walked", async () => {
    const visitor: LayerVisitor = {
      gatherBytesMax: 0,
      interest: () => "no",
      file: () => undefined,
      tooLarge: () => undefined,
    };
    const { signal } = new AbortController();
    const everything = ["bin", "boot", "etc", "home", "lib*", "media", "mnt", "opt", "root", "run"];
    const { files } = await walkTree("/", visitor, {
      signal,
      hash: false,
      excludes: [...everything, "sbin", "srv", "tmp", "usr", "var", "work", "dev", "sys"],
    });
    expect(files.paths.filter((path) => path.startsWith("proc"))).toEqual(["proc"]);
  });
});

describe("what may not be read", () => {
  test.skipIf(process.getuid?.() === 0)("is a problem (root may read everything)", async () => {
    const path = folder({ "closed/wanted": "x", wanted: "y" });
    chmodSync(join(path, "closed"), 0);
    chmodSync(join(path, "wanted"), 0);
    const walked = await walk(path);
    chmodSync(join(path, "closed"), 0o755);
    expect(walked.problems.map(({ path: p, detail }) => [p, detail])).toEqual([
      ["closed", "cannot read folder: permission denied"],
      ["wanted", "cannot read file: permission denied"],
    ]);
  });
});

describe("a tree", () => {
  const hindrance = missingPrograms("tar");
  test.skipIf(hindrance !== null)(
    `has the rows that a layer made of it has (${hindrance ?? "tar"})`,
    async () => {
      const path = folder({
        "usr/bin/tool": ELF,
        "usr/lib/x.so": ELF,
        bin: "->usr/bin",
        "etc/wanted": "settings",
        "etc/empty": "",
        big: "b".repeat(3 << 20),
      });
      chmodSync(join(path, "usr/bin/tool"), 0o4755);
      linkSync(join(path, "etc/wanted"), join(path, "etc/wanted2"));
      const archive = `${path}.tar`;
      execFileSync("tar", ["--hard-dereference", "-C", path, "-cf", archive, "."]);
      const visitor = new Seen();
      const layer = await walkLayer(inflate(createReadStream(archive)).pieces, visitor);
      const tree = await walk(path, { hash: true });
      expect(rows(tree)).toEqual(
        rows(layer).map((row) => (row.kind === "symlink" ? { ...row, mode: 0o777 } : row)),
      );
      expect(tree.told).toEqual(visitor.told.sort());
    },
  );
});

test("who has seen enough of a file is shown no more of it: a file of a tebibyte may hold nothing", async () => {
  const path = folder({ hole: "", other: "x" });
  truncateSync(join(path, "hole"), 2 ** 40);
  const shown: string[] = [];
  let seen = 0;
  const contents = {
    begin: (name: string) => {
      seen = 0;
      shown.push(name);
    },
    piece: (bytes: Uint8Array) => {
      seen += bytes.length;
    },
    end: () => void shown.push(String(seen)),
    get isSated() {
      return seen >= 4 << 20;
    },
  };
  const visitor = Object.assign(new Seen(), { contents });
  await walkTree(path, visitor, { signal: new AbortController().signal, hash: false });
  expect(shown).toEqual(["hole", String(4 << 20), "other", "1"]);
});

test("of a store of history its settings are shown to who reads everything, and nothing else", async () => {
  const path = folder({
    "sub/.git/config": "[core]",
    "sub/.git/HEAD": "ref: x",
    "sub/.git/objects/ab/cd": "x",
    "sub/.hg/hgrc": "[paths]",
    "sub/.hg/store/x": "x",
    "sub/a": "x",
  });
  const shown: string[] = [];
  const contents = {
    begin: (name: string) => void shown.push(name),
    piece: () => {},
    end: () => {},
  };
  const options = { signal: new AbortController().signal, hash: false };
  await walkTree(path, Object.assign(new Seen(), { contents }), options);
  const { files } = await walkTree(path, new Seen(), options);
  expect(shown.sort()).toEqual(["sub/.git/config", "sub/.hg/hgrc", "sub/a"]);
  expect(files.paths.filter((name) => name.includes("hgrc"))).toEqual([]);
});
