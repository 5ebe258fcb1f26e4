// Opens a store and matches packages against it, alone in a process: `match.mjs STORE PACKAGES.json`. bench.ts bundles it.
import { readFileSync } from "node:fs";
import { openStore } from "../src/io/store/open.ts";
import type { Package } from "../src/model/package.ts";
import { schemes } from "../src/plugins/schemes/index.ts";
import { matchPackages } from "../src/stages/match/match.ts";

const [folder = "", list = ""] = process.argv.slice(2);
const packages = JSON.parse(readFileSync(list, "utf8")) as readonly Package[];
const store = await openStore(folder);
const { findings } = matchPackages({
  packages,
  distribution: null,
  source: store.source,
  schemes,
  artifactName: "bench",
  complete: true,
  today: "2026-01-01",
});
store.close();
console.log(`${findings.length} findings`);
