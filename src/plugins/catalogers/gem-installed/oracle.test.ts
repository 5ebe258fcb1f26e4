// The measure is `gem list`, where Ruby is installed.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { missingPrograms } from "../../../../test/lab/programs.ts";
import { gemInstalled } from "./cataloger.ts";

test("finds what `gem list` lists", (context) => {
  const reason = missingPrograms("gem");
  if (reason !== null) return context.skip(reason);
  const gem = (...words: string[]): string => execFileSync("gem", words, { encoding: "utf8" });
  const folders = gem("environment", "gempath")
    .trim()
    .split(":")
    .flatMap((path) => [`${path}/specifications`, `${path}/specifications/default`])
    .filter((folder) => existsSync(folder));
  const told = listed(gem("list", "--local"));
  expect(told.length).toBeGreaterThan(10);
  expect([...new Set(found(folders))].sort()).toEqual(told);
}, 60_000);

/** `json (default: 2.6.1, 2.5.0)`. */
function listed(told: string): string[] {
  const lines = told.split("\n").flatMap((line) => {
    const [, name = "", versions = ""] = /^(\S+) \((.*)\)$/.exec(line) ?? [];
    return versions
      .split(", ")
      .filter((version) => version !== "")
      .map((version) => `${name} ${version.replace("default: ", "").split(" ", 1)[0]}`);
  });
  return [...new Set(lines)].sort();
}

function found(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".gemspec"))
      .flatMap((file) => {
        const path = `${folder}/${file}`;
        const { packages, problems } = gemInstalled.read({ path, bytes: readFileSync(path) });
        expect(problems).toEqual([]);
        return packages.map((p) => `${p.name} ${p.version}`);
      }),
  );
}
