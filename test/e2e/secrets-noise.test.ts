// How much is found where nothing is: a root file system of Debian, and all packages that this project itself installs.
import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { secretReader } from "../../src/app/secret-search.ts";
import { walkTree } from "../../src/io/tree/walk-tree.ts";
import { LAB_TIMEOUT_MS, type LabRootfs, labRootfs } from "../lab/debootstrap.ts";

const FINDINGS_MAX = 5;
let lab: LabRootfs;
beforeAll(async () => {
  lab = await labRootfs("bookworm");
}, LAB_TIMEOUT_MS);

/** The secrets that are told of a folder, as `kind path`, and what was not searched. */
async function toldOf(folder: string): Promise<string[]> {
  const contents = secretReader();
  const visitor = {
    contents,
    gatherBytesMax: 0,
    interest: () => "no" as const,
    file: () => undefined,
    tooLarge: () => undefined,
  };
  const { signal } = new AbortController();
  // Builds of this program, which other tests make meanwhile, have looks of secrets in them.
  await walkTree(folder, visitor, { signal, hash: false, excludes: [".cache"] });
  const { hits, problems } = contents.taken();
  const told = hits.map(({ kind, path, inside = "" }) => `${kind} ${path} ${inside}`);
  return [...new Set([...told, ...problems.map(({ path, detail }) => `${path}: ${detail}`)])];
}

// This very program is run by them, so they are always there.
const installed = realpathSync(resolve(import.meta.dirname, "../../node_modules"));

test("a bookworm root file system and a large node_modules have at most five findings together, and all of both is searched", {
  timeout: 120_000,
}, async (context) => {
  // A root file system can only be made by root, with a mirror of Debian's; where CI=true is said, none is a failure (test/lab).
  if (lab.root === null) return context.skip(lab.reason);
  const told = [...(await toldOf(lab.root)), ...(await toldOf(installed))];
  expect(told.slice(0, 50)).toHaveLength(Math.min(told.length, FINDINGS_MAX));
});

test("a large node_modules alone has none", { timeout: 120_000 }, async () => {
  expect(await toldOf(installed)).toEqual([]);
});
