// Runs a tool written in TypeScript on Node 20, which cannot: `node tools/run.js FILE.ts [arguments]`. Bundled on the fly, into
// node_modules so that packages are found from there.
import { mkdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node tools/run.js FILE.ts [arguments]");
const cache = resolve("node_modules/.cache/bulwark");
mkdirSync(cache, { recursive: true });
const outfile = join(cache, `${basename(file, ".ts")}-${process.pid}.mjs`);
const common = { bundle: true, platform: "node", format: "esm", packages: "external" };
await build({ ...common, entryPoints: [file], outfile, logLevel: "warning" });
process.argv = [process.argv[0], resolve(file), ...rest];
try {
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(outfile, { force: true });
}
