import { createHash } from "node:crypto";
import { build } from "esbuild";

/**
 * A digest of all code that searches for secrets: what it finds in a layer may differ with any of it (src/app/secrets-key.ts).
 *
 * @param {import("esbuild").Plugin[]} plugins What changes the code on its way, for tests.
 */
export async function secretsDigest(plugins = []) {
  const { outputFiles } = await build({
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    packages: "external",
    entryPoints: ["src/app/secret-search.ts"],
    write: false,
    logLevel: "warning",
    plugins,
  });
  const digest = createHash("sha256");
  for (const { contents } of outputFiles) digest.update(contents);
  return digest.digest("hex").slice(0, 12);
}
