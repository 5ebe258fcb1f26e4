// Bundles src/ into dist/. One bundle with shared chunks rather than hundreds of modules: a command line tool starts as
// fast as its files load, and `bulwark --help` may cost little more than Node itself. `node tools/build.js [FOLDER]`
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { secretsDigest } from "./secrets-digest.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const common = { bundle: true, format: "esm", platform: "node", target: "node20.19" };

const outdir = process.argv[2] ?? "dist";
rmSync(outdir, { recursive: true, force: true });
const shipped = {
  ...common,
  outdir,
  minifySyntax: true,
  minifyWhitespace: true,
  // Beside the entry points: code finds `worker.js` by its own address, whichever chunk it ended up in.
  chunkNames: "[name]-[hash]",
  sourcemap: false,
  define: {
    BULWARK_VERSION: JSON.stringify(version),
    BULWARK_CATALOGERS: JSON.stringify(await catalogerVersions()),
    BULWARK_SECRETS: JSON.stringify(await secretsDigest()),
  },
  banner: {
    js: "import{createRequire as __r}from'node:module';const require=__r(import.meta.url);",
  },
  // Its binary lies beside it.
  external: ["koffi"],
  logLevel: "warning",
};
const entryPoints = { main: "src/cli/main.ts", index: "src/index.ts", plugin: "src/plugin.ts" };
await build({ ...shipped, entryPoints, splitting: true });
// The threads have a file of their own: it holds the catalogers that images need, and nothing else.
await build({ ...shipped, entryPoints: { worker: "src/app/worker.ts" } });
await build({ ...shipped, entryPoints: { "sensor-thread": "src/app/sensor-thread.ts" } });

/** `apk1-dpkg1-…`, hashed: what cached facts of layers depend on (src/app/cataloger-key.ts). */
async function catalogerVersions() {
  const cache = resolve("node_modules/.cache/bulwark");
  mkdirSync(cache, { recursive: true });
  const outfile = `${cache}/catalogers-${process.pid}.mjs`;
  const entryPoints = ["src/plugins/catalogers/index.ts"];
  await build({ ...common, packages: "external", entryPoints, outfile, logLevel: "warning" });
  try {
    const { catalogers } = await import(pathToFileURL(outfile).href);
    const { createHash } = await import("node:crypto");
    const versions = catalogers.map((c) => `${c.id}${c.version}`).join("-");
    return createHash("sha256").update(versions).digest("hex").slice(0, 12);
  } finally {
    rmSync(outfile, { force: true });
  }
}
