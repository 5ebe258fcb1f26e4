// Proves that every layer rule can fail: a toy tree of the project's shape passes, and one file more, which breaks one rule,
// is caught under that rule's name.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const LAYERS = resolve(import.meta.dirname, "../layers.js");
const { forbidden } = createRequire(import.meta.url)("../../.dependency-cruiser.cjs") as {
  readonly forbidden: readonly { readonly name: string }[];
};

/** A clean tree: each part, importing the most that it may. */
const TOY: Readonly<Record<string, string>> = {
  "src/kit/lines.ts": `export const lines = 1;`,
  "src/model/digest.ts": `import { lines } from "../kit/lines.ts"; export const digest = lines; export type Digest = string;`,
  "src/formats/tar.ts": `import { gunzipSync } from "node:zlib"; import { Buffer } from "node:buffer"; import { parse } from "yaml";
    import type { Digest } from "../model/digest.ts"; export const tar = [gunzipSync, Buffer, parse]; export type Tar = Digest;`,
  "src/stages/catalog/contract.ts": `import type { Digest } from "../../model/digest.ts"; export type Cataloger = Digest;`,
  "src/stages/catalog/inventory.ts": `import type { Cataloger } from "./contract.ts"; import type { Tar } from "../../formats/tar.ts";
    export const inventory = (c: Cataloger, t: Tar): string => c + t;`,
  "src/stages/match/matcher.ts": `import { digest } from "../../model/digest.ts"; export const matcher = digest;`,
  "src/plugins/catalogers/apk/cataloger.ts": `import type { Cataloger } from "../../../stages/catalog/contract.ts";
    import { tar } from "../../../formats/tar.ts"; import { shared } from "../shared/names.ts"; export const apk: Cataloger = String([tar, shared]);`,
  "src/plugins/catalogers/shared/names.ts": `import { lines } from "../../../kit/lines.ts"; export const shared = lines;`,
  "src/plugins/catalogers/dpkg/cataloger.ts": `import { lines } from "../../../kit/lines.ts"; export const dpkg = lines;`,
  "src/plugins/catalogers/index.ts": `import { apk } from "./apk/cataloger.ts"; import { dpkg } from "./dpkg/cataloger.ts"; export const list = [apk, dpkg];`,
  "src/plugins/catalogers/apk/cataloger.test.ts": `import { test } from "vitest"; import { readFileSync } from "node:fs"; import { apk } from "./cataloger.ts"; test(apk, readFileSync);`,
  "src/io/process.ts": `import { spawn } from "node:child_process"; export const run = spawn;`,
  "src/io/http.ts": `import { request } from "node:https"; export const fetch = request;`,
  "src/io/crypto.ts": `import { createHash } from "node:crypto"; export const hash = createHash;`,
  "src/io/store.ts": `import { open } from "fzstd"; import type { Cataloger } from "../stages/catalog/contract.ts"; import { tar } from "../formats/tar.ts";
    import { fetch } from "./http.ts"; import { run } from "./process.ts"; export const store = [open, tar, fetch, run]; export type S = Cataloger;`,
  "src/app/scan.ts": `import { join } from "node:path"; import { list } from "../plugins/catalogers/index.ts"; import { store } from "../io/store.ts";
    import { inventory } from "../stages/catalog/inventory.ts"; import { matcher } from "../stages/match/matcher.ts"; export const scan = [join, list, store, inventory, matcher];`,
  "src/cli/main.ts": `import { parseArgs } from "node:util"; import { scan } from "../app/scan.ts"; export const main = [parseArgs, scan];`,
  "src/server/contract.ts": `import type { Digest } from "../model/digest.ts"; export type Answer = Digest;`,
  "src/server/routes.ts": `import type { Answer } from "./contract.ts"; import { scan } from "../app/scan.ts"; export const route = (): Answer => String(scan);`,
  "src/web/page.ts": `import type { Answer } from "../server/contract.ts"; export const page = (a: Answer): string => a;`,
  "src/verify.ts": `import { hash } from "./io/crypto.ts"; export const verify = hash;`,
  "test/shared.ts": `export const shared = 1;`,
};

interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly text: string;
}

/** One file that breaks one rule. */
const VIOLATIONS: readonly Violation[] = [
  {
    rule: "no-orphans",
    path: "src/kit/dead.ts",
    text: `export const dead = 1;`,
  },
  {
    rule: "nothing-unresolved",
    path: "src/app/lost.ts",
    text: `export { gone } from "./gone.ts";`,
  },
  {
    rule: "nothing-outside-src",
    path: "src/app/leaning.ts",
    text: `export { shared } from "../../test/shared.ts";`,
  },
  {
    rule: "tests-stay-tests",
    path: "src/plugins/catalogers/apk/tested.ts",
    text: `export * as t from "./cataloger.test.ts";`,
  },
  {
    rule: "kit-is-alone",
    path: "src/kit/knowing.ts",
    text: `export { digest } from "../model/digest.ts";`,
  },
  {
    rule: "model-is-pure",
    path: "src/model/busy.ts",
    text: `export { matcher } from "../stages/match/matcher.ts";`,
  },
  {
    rule: "formats-know-no-verbs",
    path: "src/formats/meaning.ts",
    text: `export type { Cataloger } from "../stages/catalog/contract.ts";`,
  },
  {
    rule: "formats-see-model-types-only",
    path: "src/formats/computing.ts",
    text: `export { digest } from "../model/digest.ts";`,
  },
  {
    rule: "stages-do-not-meet",
    path: "src/stages/match/meeting.ts",
    text: `export { inventory } from "../catalog/inventory.ts";`,
  },
  {
    rule: "stages-see-format-types-only",
    path: "src/stages/match/parsing.ts",
    text: `export { tar } from "../../formats/tar.ts";`,
  },
  {
    rule: "plugins-are-leaves",
    path: "src/plugins/catalogers/dpkg/sibling.ts",
    text: `export { apk } from "../apk/cataloger.ts";`,
  },
  {
    rule: "plugins-are-leaves",
    path: "src/plugins/catalogers/dpkg/runner.ts",
    text: `export { inventory } from "../../../stages/catalog/inventory.ts";`,
  },
  {
    rule: "lists-only-list",
    path: "src/plugins/schemes/index.ts",
    text: `export { lines } from "../../kit/lines.ts";`,
  },
  {
    rule: "io-does-not-judge",
    path: "src/io/judging.ts",
    text: `export { matcher } from "../stages/match/matcher.ts";`,
  },
  {
    rule: "app-has-no-face",
    path: "src/app/faced.ts",
    text: `export { main } from "../cli/main.ts";`,
  },
  {
    rule: "faces-do-not-meet",
    path: "src/cli/serving.ts",
    text: `export { route } from "../server/routes.ts";`,
  },
  {
    rule: "faces-hold-no-rules",
    path: "src/cli/matching.ts",
    text: `export { matcher } from "../stages/match/matcher.ts";`,
  },
  {
    rule: "web-sees-types-only",
    path: "src/web/scanning.ts",
    text: `export { scan } from "../app/scan.ts";`,
  },
  {
    rule: "pure-parts-know-no-node",
    path: "src/stages/match/reading.ts",
    text: `export { sep } from "node:path";`,
  },
  {
    rule: "formats-know-bytes-only",
    path: "src/formats/reading.ts",
    text: `export { readFileSync } from "node:fs";`,
  },
  {
    rule: "only-io-touches-the-world",
    path: "src/app/reading.ts",
    text: `export { readFileSync } from "node:fs";`,
  },
  {
    rule: "only-io-touches-the-world",
    path: "src/cli/hashing.ts",
    text: `export { createHash } from "crypto";`,
  },
  {
    rule: "one-door-to-processes",
    path: "src/io/starting.ts",
    text: `export { spawn } from "node:child_process";`,
  },
  {
    rule: "one-door-to-the-network",
    path: "src/io/calling.ts",
    text: `export { connect } from "node:net";`,
  },
  {
    rule: "packages-by-list",
    path: "src/plugins/catalogers/dpkg/yaml.ts",
    text: `export { parse } from "yaml";`,
  },
  {
    rule: "packages-by-list",
    path: "src/app/left.ts",
    text: `export { pad } from "left-pad";`,
  },
  {
    rule: "format-packages-by-list",
    path: "src/formats/left.ts",
    text: `export { pad } from "left-pad";`,
  },
  {
    rule: "io-packages-by-list",
    path: "src/io/left.ts",
    text: `export { pad } from "left-pad";`,
  },
  {
    rule: "test-packages-by-list",
    path: "src/io/left.test.ts",
    text: `export { pad } from "left-pad";`,
  },
];

/** Rules that need more than one new file. */
const ENTANGLED: readonly { rule: string; files: Readonly<Record<string, string>> }[] = [
  {
    rule: "no-cycles",
    files: {
      "src/kit/hen.ts": `import type { Egg } from "./egg.ts"; export type Hen = Egg | null;`,
      "src/kit/egg.ts": `import type { Hen } from "./hen.ts"; export type Egg = Hen | null;`,
    },
  },
  {
    rule: "verify-stays-light",
    files: {
      "src/verify.ts": `import { through } from "./model/through.ts"; export const verify = through;`,
      "src/model/through.ts": `import { store } from "../io/store.ts"; export const through = store;`,
    },
  },
];

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bulwark-layers-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Lays out a tree of its own and runs the checker over it. */
function check(
  name: string,
  extra: Readonly<Record<string, string>>,
): { status: number; lines: string } {
  const folder = join(root, name);
  const packages: Record<string, string> = {};
  for (const npm of ["yaml", "fzstd", "vitest", "left-pad"]) {
    packages[`node_modules/${npm}/package.json`] = `{"name":"${npm}","main":"index.js"}`;
    packages[`node_modules/${npm}/index.js`] = "exports.parse = 1;";
  }
  const manifest = `{"name":"toy","dependencies":{"yaml":"1","fzstd":"1","left-pad":"1"},"devDependencies":{"vitest":"1"}}`;
  const files = { ...TOY, ...extra, ...packages, "package.json": manifest };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAYERS, folder], {
    encoding: "utf8",
  });
  return { status: status ?? -1, lines: `${stdout}${stderr}` };
}

/** `rule: from` of every violation in the checker's output. */
function caught(lines: string): string[] {
  return [...lines.matchAll(/^([a-z-]+): (src\/\S+) -> /gm)].map((m) => `${m[1]}: ${m[2]}`);
}

test("the clean toy passes", () => {
  const { status, lines } = check("clean", {});
  expect(lines).toContain("layers: 0 violations");
  expect(status).toBe(0);
});

describe("one violation a rule", () => {
  let found: string[] = [];
  let status = 0;
  beforeAll(() => {
    const outcome = check("broken", Object.fromEntries(VIOLATIONS.map((v) => [v.path, v.text])));
    found = caught(outcome.lines);
    status = outcome.status;
  });

  test.each(VIOLATIONS)("$rule catches $path", ({ rule, path }) => {
    expect(found).toContain(`${rule}: ${path}`);
  });

  test("nothing else is caught, and the checker fails", () => {
    const wanted = new Set(VIOLATIONS.map((v) => v.path));
    expect(found.filter((line) => !wanted.has(line.slice(line.indexOf(": ") + 2)))).toEqual([]);
    expect(status).toBe(1);
  });

  test.each(ENTANGLED)("$rule catches what takes two files", ({ rule, files }) => {
    const outcome = check(rule, files);
    expect(caught(outcome.lines).map((line) => line.split(":")[0])).toContain(rule);
    expect(outcome.status).toBe(1);
  });
});

test("every rule has a violation here", () => {
  const proved = new Set([...VIOLATIONS, ...ENTANGLED].map((v) => v.rule));
  expect(forbidden.map((rule) => rule.name).filter((name) => !proved.has(name))).toEqual([]);
});

test("a checker that is shown nothing fails", () => {
  const folder = join(root, "empty");
  mkdirSync(join(folder, "src"), { recursive: true });
  const { status } = spawnSync(process.execPath, [LAYERS, folder]);
  expect(status).not.toBe(0);
});
