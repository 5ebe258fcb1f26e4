// The compiled programs that are checked in are those of the sources.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { missingPrograms } from "../lab/programs.ts";

const SENSOR = resolve(import.meta.dirname, "../../sensor");
const hindrance = missingPrograms("clang", "ld.lld-14", "llvm-strip") ?? otherClang();

function otherClang(): string | null {
  const version = execFileSync("clang", ["--version"]).toString();
  return /version 14\./.test(version)
    ? null
    : "another clang than 14, which the programs were made with";
}

test.skipIf(hindrance !== null)(
  `sensor/build.sh makes the programs that are checked in (${hindrance ?? "clang 14"})`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "bulwark-sensor-"));
    try {
      execFileSync("sh", [join(SENSOR, "build.sh"), folder], { stdio: "pipe" });
      for (const name of ["sensor.x86.o", "sensor.arm64.o", "strict.x86", "strict.arm64"]) {
        expect(
          readFileSync(join(folder, name)).equals(readFileSync(join(SENSOR, name))),
          name,
        ).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
