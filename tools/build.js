// Bundles src/ into dist/. One bundle with shared chunks rather than hundreds of modules: a command line tool starts as
// fast as its files load, and `bulwark --help` may cost little more than Node itself.
import { readFileSync, rmSync } from "node:fs";
import { build } from "esbuild";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

rmSync("dist", { recursive: true, force: true });
await build({
  entryPoints: { main: "src/cli/main.ts", worker: "src/io/layers/worker.ts", index: "src/index.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  minifySyntax: true,
  chunkNames: "chunks/[name]-[hash]",
  sourcemap: false,
  // Native code cannot be bundled; it is found in node_modules, for the machine's own platform.
  external: ["lmdb"],
  define: { BULWARK_VERSION: JSON.stringify(version) },
  banner: { js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);" },
  logLevel: "warning",
});
