// Checks who imports whom, by the rules of .dependency-cruiser.cjs: `node tools/layers.js [FOLDER]` (default: this project).
// A checker that saw nothing would pass everything, so this fails when it was shown fewer modules than src/ has files.
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import extractTSConfig from "dependency-cruiser/config-utl/extract-ts-config";

const project = fileURLToPath(new URL("..", import.meta.url));
const folder = resolve(process.argv[2] ?? project);
const { forbidden, options } = createRequire(import.meta.url)("../.dependency-cruiser.cjs");

// dependency-cruiser writes paths relative to the folder it runs in, and the rules are written for those.
process.chdir(folder);

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .map((path) => join("src", path))
  .filter((path) => path.endsWith(".ts"));
const { output } = await cruise(
  ["src"],
  { ...options, ruleSet: { forbidden }, validate: true, tsConfig: {} },
  options.enhancedResolveOptions,
  { tsConfig: extractTSConfig(join(project, "tsconfig.json")) },
);

const seen = new Set(output.modules.map((module) => module.source));
const unseen = sources.filter((path) => !seen.has(path));
const { violations } = output.summary;
for (const { rule, from, to } of violations) {
  const reason = forbidden.find((candidate) => candidate.name === rule.name)?.comment;
  console.error(`${rule.name}: ${from} -> ${to}\n    ${reason}`);
}
if (unseen.length > 0) {
  console.error(`not checked at all, so nothing is known of them:\n    ${unseen.join("\n    ")}`);
}
const verdict = `layers: ${violations.length} violations in ${seen.size} modules, ${output.summary.totalDependenciesCruised} imports`;
if (sources.length === 0 || unseen.length > 0 || violations.length > 0) {
  console.error(verdict);
  process.exitCode = 1;
} else {
  console.log(verdict);
}
