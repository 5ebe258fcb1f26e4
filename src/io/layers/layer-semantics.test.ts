// What several layers are together, measured by what umoci unpacks.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import { type FileTable, rowOf } from "../../model/file-table.ts";
import { squash } from "../../stages/catalog/squash.ts";
import { tarOf, type WrittenEntry } from "../archive/test-support/tar-writer.ts";
import { LayoutWriter, named } from "../layout/test-support/layout-writer.ts";
import { walkTree } from "../tree/walk-tree.ts";
import { type LayerVisitor, type WalkedLayer, walkLayer } from "./walk.ts";

const NOBODY: LayerVisitor = {
  gatherBytesMax: 0,
  interest: () => "no",
  file: () => undefined,
  tooLarge: () => undefined,
};

async function walked(entries: readonly WrittenEntry[]): Promise<WalkedLayer> {
  async function* pieces(): AsyncGenerator<Buffer> {
    yield tarOf(entries);
  }
  return walkLayer(pieces(), NOBODY);
}

/** `path kind digest link` of everything that is visible. */
async function seen(layers: readonly (readonly WrittenEntry[])[]): Promise<string[]> {
  const tables: FileTable[] = [];
  for (const layer of layers) tables.push((await walked(layer)).files);
  const lines = [...squash(tables).rows].map(([path, { layer, row }]) => {
    const table = tables[layer];
    return table === undefined ? "" : lineOf(path, rowOf(table, row));
  });
  return lines.sort();
}

function lineOf(
  path: string,
  row: { kind: string; sha256: string | null; link: string | null },
): string {
  const isFile = row.kind === "file" || row.kind === "hardlink";
  if (isFile) return `${path} file ${row.sha256?.slice(0, 8)}`;
  return `${path} ${row.kind}${row.kind === "symlink" ? ` ${row.link}` : ""}`;
}

const file = (name: string, content = name): WrittenEntry => ({ name, content });
const dir = (name: string): WrittenEntry => ({ name, type: "5", mode: 0o755 });
const link = (name: string, to: string): WrittenEntry => ({ name, type: "2", link: to });
const hard = (name: string, to: string): WrittenEntry => ({ name, type: "1", link: to });
const gone = (name: string): WrittenEntry => file(name.replace(/([^/]*)$/, ".wh.$1"), "");
const paths = (lines: readonly string[]): string[] => lines.map((line) => line.split(" ")[0] ?? "");

describe("layers over one another", () => {
  test.each<[string, WrittenEntry[][], string[]]>([
    ["a whiteout takes a file", [[file("a"), file("b")], [gone("a")]], ["b"]],
    ["and a folder with all in it", [[dir("d"), file("d/x")], [gone("d")]], []],
    ["but not what only begins like it", [[file("ab"), file("a")], [gone("a")]], ["ab"]],
    ["nor what the same layer brings", [[file("a", "old")], [gone("a"), file("a", "new")]], ["a"]],
    [
      "an opaque folder keeps only what is new",
      [
        [dir("d"), file("d/x")],
        [dir("d"), file("d/.wh..wh..opq"), file("d/y")],
      ],
      ["d", "d/y"],
    ],
    [
      "a file in a folder's place takes all that was in it, for good",
      [[dir("d"), file("d/x")], [file("d")], [dir("d"), file("d/y")]],
      ["d", "d/y"],
    ],
    [
      "a folder written again leaves what is in it",
      [[dir("d"), file("d/x")], [dir("d")]],
      ["d", "d/x"],
    ],
    [
      "a layer writes through a link of a lower one",
      [
        [dir("usr"), dir("usr/lib"), link("lib", "usr/lib")],
        [file("lib/x")],
        [gone("lib/x"), file("lib/y")],
      ],
      ["lib", "usr", "usr/lib", "usr/lib/y"],
    ],
    [
      "and through a link that was itself written through one",
      [
        [dir("usr"), dir("usr/lib"), dir("real"), link("lib", "usr/lib")],
        [link("lib/x", "/real")],
        [file("usr/lib/x/y")],
      ],
      ["lib", "real", "real/y", "usr", "usr/lib", "usr/lib/x"],
    ],
    [
      "a link is forgotten with the folder it lay in",
      [[dir("a"), dir("b"), link("a/l", "/b")], [gone("a")], [file("a/l/x")]],
      ["a/l/x", "b"],
    ],
    ["a note of aufs is no file", [[file(".wh..wh.plnk"), file("a")]], ["a"]],
    [
      "a whiteout of nothing takes nothing",
      [
        [file("a"), dir("d"), file("d/x")],
        [file(".wh."), file("d/.wh.."), file("d/.wh...")],
      ],
      ["a", "d", "d/x"],
    ],
  ])("%s", async (_, layers, wanted) => {
    expect(paths(await seen(layers))).toEqual(wanted);
  });

  test("a whiteout of nothing is said", async () => {
    const { problems } = await walked([file(".wh."), file("d/.wh..."), file("d/.wh..")]);
    expect(problems.map((p) => [p.code, p.path])).toEqual([
      ["entry-refused", ".wh."],
      ["entry-refused", "d/.wh..."],
      ["entry-refused", "d/.wh.."],
    ]);
  });

  test("hard links have the digest of what they lead to, and lead to links as well", async () => {
    const { files, problems } = await walked([
      file("a", "content"),
      hard("b", "a"),
      hard("c", "./b"),
      link("l", "a"),
      hard("m", "l"),
      hard("z", "../../etc/shadow"),
      hard("y", "absent"),
    ]);
    const rows = Array.from({ length: files.count }, (_, i) => rowOf(files, i));
    expect([rows[1]?.sha256, rows[2]?.sha256]).toEqual([rows[0]?.sha256, rows[0]?.sha256]);
    expect([rows[4]?.kind, rows[4]?.link]).toEqual(["symlink", "a"]);
    expect(problems.map((p) => p.path)).toEqual(["z", "y"]);
  });

  test("a hundred thousand hard links cost little", async () => {
    const many = Array.from({ length: 100_000 }, (_, i) =>
      hard(`l${i}`, i === 0 ? "a" : `l${i - 1}`),
    );
    const tar = tarOf([file("a"), ...many]);
    const begun = performance.now();
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < tar.length; at += 1 << 20) yield tar.subarray(at, at + (1 << 20));
    }
    const { files } = await walkLayer(pieces(), NOBODY);
    expect(files.count).toBe(100_001);
    expect(performance.now() - begun).toBeLessThan(10_000);
  });
});

const hindrance =
  process.getuid?.() === 0 ? missingPrograms("umoci") : "unpacking with all owners needs root";

describe.skipIf(hindrance !== null)(`umoci (${hindrance ?? "real"})`, () => {
  let root = "";
  let count = 0;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), "bulwark-semantics-"));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  async function unpacked(layers: readonly (readonly WrittenEntry[])[]): Promise<string[]> {
    count += 1;
    const writer = new LayoutWriter(join(root, `layout${count}`));
    const { manifest } = writer.image(layers.map((entries) => tarOf(entries)));
    writer.finish([named(manifest, "it")]);
    const target = join(root, `out${count}`);
    execFileSync("umoci", ["raw", "unpack", "--image", `${writer.folder}:it`, target], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const { files } = await walkTree(target, NOBODY, {
      signal: new AbortController().signal,
      hash: true,
    });
    const lines = Array.from({ length: files.count }, (_, i) => rowOf(files, i));
    rmSync(target, { recursive: true, force: true });
    return lines.map((row) => lineOf(row.path, row)).sort();
  }

  const name = fc.constantFrom("a", "b", "c");
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const entry = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(path, fc.constantFrom("1", "2", "3")).map(([p, c]) => file(p, c)),
    },
    { weight: 3, arbitrary: path.map(dir) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(path, fc.constantFrom("/a", "b", "../c", "/nowhere"))
        .map(([p, to]) => link(p, to)),
    },
    { weight: 2, arbitrary: path.map(gone) },
    { weight: 1, arbitrary: path.map((p) => file(`${p}/.wh..wh..opq`, "")) },
  );
  const layer = fc.array(entry, { maxLength: 8 }).map(sensible);

  test("unpacks what we see, whatever the layers do to each other", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(layer, { minLength: 1, maxLength: 4 }), async (layers) => {
        expect(await seen(layers)).toEqual(await unpacked(layers));
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

/** As writers of layers make them: each path once, folders before what lies in them, whiteouts of what is not brought. */
function sensible(entries: readonly WrittenEntry[]): WrittenEntry[] {
  const made = new Map<string, WrittenEntry>();
  const isWhiteout = (e: WrittenEntry): boolean => /(^|\/)\.wh\./.test(e.name);
  const opaque = (e: WrittenEntry): boolean => e.name.endsWith(".wh..wh..opq");
  const folderOf = (n: string): string => n.slice(0, Math.max(0, n.lastIndexOf("/")));
  const canHold = (folder: string): boolean => {
    if (folder === "") return true;
    const there = made.get(folder);
    if (there !== undefined) return there.type === "5";
    if (!canHold(folderOf(folder))) return false;
    made.set(folder, dir(folder));
    return true;
  };
  for (const e of entries.filter((one) => !isWhiteout(one)))
    if (!made.has(e.name) && canHold(folderOf(e.name))) made.set(e.name, e);
  for (const e of entries.filter(isWhiteout)) {
    const hidden = opaque(e) ? null : e.name.replace(".wh.", "");
    if (hidden !== null && made.has(hidden)) continue;
    if (!made.has(e.name) && canHold(folderOf(e.name))) made.set(e.name, e);
  }
  return [...made.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
