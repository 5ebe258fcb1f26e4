// `npm run check`: everything that must hold before a change lands, in one command. All steps run even when one fails, so that
// one run tells everything. `--without-tests` leaves out the last step, for a build that runs `npm test` by itself.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const GENERATED = "docs/reference";

const steps = [
  ["format and lint", () => runs("npm", "run", "--silent", "lint")],
  ["types", () => runs("npx", "tsc", "-p", "tsconfig.json")],
  ["purity", () => runs("npx", "tsc", "-p", "tsconfig.pure.json")],
  ["layers", () => runs("npm", "run", "--silent", "layers")],
  ["dead code", () => runs("npm", "run", "--silent", "dead")],
  ["tidy", () => runs("npm", "run", "--silent", "tidy")],
  ["generated pages", isGeneratedFresh],
  ["tests", () => runs("npm", "test", "--silent")],
];

const asked = process.argv.includes("--without-tests") ? steps.slice(0, -1) : steps;
const failed = [];
for (const [name, step] of asked) {
  const start = Date.now();
  console.log(`check: ${name}`);
  const passed = step();
  console.log(
    `check: ${name}: ${passed ? "ok" : "FAILED"}, ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
  if (!passed) failed.push(name);
}
console.log(failed.length === 0 ? "check: all ok" : `check: failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

function runs(program, ...args) {
  return spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] }).status === 0;
}

/** Generates the pages, compares them with what was there, and puts back what was there. */
function isGeneratedFresh() {
  const before = pagesNow();
  const worked = runs("npm", "run", "--silent", "gen");
  const after = pagesNow();
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (path) => before.get(path) !== after.get(path),
  );
  for (const path of differing) restore(path, before.get(path));
  if (differing.length > 0) {
    console.error(`not what would be generated; run npm run gen:\n    ${differing.join("\n    ")}`);
  }
  return worked && differing.length === 0;
}

function pagesNow() {
  const pages = existsSync(GENERATED) ? readdirSync(GENERATED) : [];
  return new Map(pages.map((name) => [name, readFileSync(join(GENERATED, name), "utf8")]));
}

function restore(name, text) {
  const path = join(GENERATED, name);
  if (text === undefined) return rmSync(path);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
