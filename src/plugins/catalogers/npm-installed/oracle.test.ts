// The measure is npm itself, on the packages that this project has installed.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { missingPrograms } from "../../../../test/lab/programs.ts";
import { npmInstalled } from "./cataloger.ts";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

interface Listed {
  readonly name?: string;
  readonly version?: string;
  readonly missing?: boolean;
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

test("finds what `npm ls --all` lists for this project, and nothing else", (context) => {
  const reason = missingPrograms("npm");
  if (reason !== null) return context.skip(reason);
  const told = listed();
  expect(told.length).toBeGreaterThan(20);
  expect(found()).toEqual(told);
}, 120_000);

function found(): string[] {
  const paths = readdirSync(`${ROOT}/node_modules`, { recursive: true, encoding: "utf8" })
    .map((path) => `node_modules/${path}`)
    .filter((path) => path.endsWith("/package.json") && npmInstalled.wants.test?.(path));
  const names = paths.flatMap((path) => {
    const { packages, problems } = npmInstalled.read({
      path,
      bytes: readFileSync(`${ROOT}/${path}`),
    });
    expect(problems).toEqual([]);
    return packages.map((p) => `${p.name}@${p.version}`);
  });
  return [...new Set(names)].sort();
}

function listed(): string[] {
  const told = execFileSync("npm", ["ls", "--all", "--json"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const names = new Set<string>();
  const visit = (dependencies: Listed["dependencies"]): void => {
    for (const [name, one] of Object.entries(dependencies ?? {})) {
      if (one.version !== undefined && one.missing !== true)
        names.add(`${one.name ?? name}@${one.version}`);
      visit(one.dependencies);
    }
  };
  visit((JSON.parse(told) as Listed).dependencies);
  return [...names].sort();
}
