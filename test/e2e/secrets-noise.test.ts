// How much is found where nothing is: a root file system of Debian, and all packages that this project itself installs.
import { existsSync, realpathSync } from "node:fs";
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

/** The secrets that are told of a folder, as `kind path`. */
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
  await walkTree(folder, visitor, { signal, hash: false });
  const { hits } = contents.taken();
  return [...new Set(hits.map(({ kind, fingerprint, path }) => `${kind} ${fingerprint} ${path}`))];
}

test("a bookworm root file system and a large node_modules have at most five findings together", {
  timeout: 120_000,
}, async (context) => {
  if (lab.root === null) return context.skip(lab.reason);
  const installed = resolve(import.meta.dirname, "../../node_modules");
  if (!existsSync(installed)) return context.skip("the project's packages are not installed");
  const told = [...(await toldOf(lab.root)), ...(await toldOf(realpathSync(installed)))];
  expect(told.slice(0, 50)).toHaveLength(Math.min(told.length, FINDINGS_MAX));
});
