#!/usr/bin/env node
// The launcher; too small to need a test. The only place that sets the exit code of the process.
import { existsSync } from "node:fs";

const bundle = new URL("../dist/main.js", import.meta.url);
if (existsSync(bundle)) {
  const { main } = await import(bundle.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write(
    "bulwark: error: dist/ is missing: this checkout was not built\nbulwark: hint: run npm ci, or npm run build\n",
  );
  process.exitCode = 1;
}
