// What is published: every path that package.json promises is there, declarations included.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

interface PackageFile {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string }>>;
}

test("the doors of the package lead to declarations and to programs", () => {
  const types = mkdtempSync(join(tmpdir(), "bulwark-types-"));
  try {
    const tsc = "node_modules/typescript/bin/tsc";
    execFileSync(process.execPath, [tsc, "-p", "tsconfig.types.json", "--outDir", types]);
    const { bin, exports } = JSON.parse(readFileSync("package.json", "utf8")) as PackageFile;
    const doors = Object.values(exports);
    const promised = [
      ...Object.values(bin),
      ...doors.map((door) => door.default),
      ...doors.map((door) => door.types.replace(/^\.\/types\b/, types)),
    ];
    expect(promised.filter((path) => !existsSync(path))).toEqual([]);
  } finally {
    rmSync(types, { recursive: true, force: true });
  }
}, 120_000);
