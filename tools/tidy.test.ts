import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ERROR_CODES } from "../src/kit/error.ts";
import { PROBLEM_CODES } from "../src/model/problem.ts";
import { declaredCatalogers, installedCatalogers } from "../src/plugins/catalogers/index.ts";
import { checks } from "../src/plugins/checks/index.ts";
import { packs } from "../src/plugins/packs/index.ts";
import { gateReporters, reporters } from "../src/plugins/reporters/index.ts";
import { schemes } from "../src/plugins/schemes/index.ts";
import { secretGroups } from "../src/plugins/secrets/index.ts";
import { tidyRules } from "./tidy.ts";
import { type CodeTable, codeFaults, idFaults, type LoadedFamily } from "./tidy-plugins.ts";
import { readTree, type TidyFile, type Tree, treeOf } from "./tidy-tree.ts";
import { noRegistry } from "./tidy-words.ts";

const project: Tree = readTree(resolve(import.meta.dirname, ".."));

describe("the project is tidy", () => {
  test.each(tidyRules)("$name: $reason", (rule) => {
    expect(rule.find(project)).toEqual([]);
  });

  const formats = Object.keys(reporters);
  const gateFormats = Object.keys(gateReporters);
  const families: readonly LoadedFamily[] = [
    {
      name: "catalogers",
      lists: [installedCatalogers, declaredCatalogers].map((list) => list.map((c) => c.id)),
    },
    { name: "checks", lists: [checks.map((check) => check.id)] },
    { name: "secrets", lists: [secretGroups.map((group) => group.id)] },
    { name: "schemes", lists: [schemes.map((s) => s.id)] },
    { name: "packs", lists: [packs.map((p) => p.id)] },
    { name: "reporters", lists: [[...new Set([...formats, ...gateFormats])].sort()] },
  ];
  test.each(families)("ids of $name are their folders, each once and in order", (family) => {
    expect(idFaults(family, project)).toEqual([]);
  });

  test.each([[formats], [gateFormats]])("formats are listed in order", (words) => {
    expect(words).toEqual([...words].sort());
  });

  test("a reporter's id is the word by which it is asked for", async () => {
    const loaded = await Promise.all(
      [...Object.entries(reporters), ...Object.entries(gateReporters)].map(
        async ([word, load]) => [word, (await load()).id] as const,
      ),
    );
    expect(loaded.filter(([word, id]) => word !== id)).toEqual([]);
  });

  const tables: readonly CodeTable[] = [
    { path: "src/kit/error.ts", codes: Object.keys(ERROR_CODES), page: "docs/reference/errors.md" },
    {
      path: "src/model/problem.ts",
      codes: Object.keys(PROBLEM_CODES),
      page: "docs/reference/problems.md",
    },
  ];
  test.each(tables)("every code of $path is documented and used", (table) => {
    expect(codeFaults(table, project)).toEqual([]);
  });
});

type Files = Readonly<Record<string, string | Partial<TidyFile>>>;

const APK_README = "# apk\n\n## What it reads\n\n## What it reports\n\n## Limits\n\n## Source\n";
const DECISION =
  "# 0001. One package\n\n## Context\n\n## Decision\n\n## Rejected\n\n## How we would notice\n";

/** A tree in which no rule finds anything. */
const CLEAN: Files = {
  "bin/bulwark.js": { text: "#!/usr/bin/env node\n", executable: true },
  ".ci/run": { text: "#!/bin/bash\n", executable: true },
  "ARCHITECTURE.md": "# Architecture\n\nOne sentence.\nAnother, with `a. B` in code.\n",
  "README.md": "See [the architecture](ARCHITECTURE.md) and [docs](docs/decisions/).\n",
  "changes/0001-first.md": "New: it stands.\n",
  "docs/decisions/0001-one-package.md": DECISION,
  "package-lock.json": `{ "lockfileVersion": 3 }`,
  "src/plugins/retired.txt": "# family/id date reason\ncatalogers/old 2026-01-02 it was wrong\n",
  "src/plugins/catalogers/index.ts": `import { apk } from "./apk/cataloger.ts";\n`,
  "src/plugins/catalogers/apk/cataloger.ts": "export const apk = 1;\n",
  "src/plugins/catalogers/apk/readme.md": APK_README,
  "src/plugins/catalogers/shared/names.ts": "export const names = 1;\n",
  "src/kit/a.test.ts": `describe.skip("x (no kernel)", () => {}); context.skip("why");\n`,
};

test.each(tidyRules)("$name: finds nothing in a clean tree", (rule) => {
  expect(rule.find(treeOf(CLEAN))).toEqual([]);
});

/** Split, so that this file does not itself contain what is forbidden. */
const joined = (...parts: readonly string[]): string => parts.join("");

/** For each rule, trees that break it: the clean one with these files. */
const BROKEN: readonly { readonly rule: string; readonly files: Files }[] = [
  { rule: "plugin lists", files: { "src/plugins/catalogers/rpm/cataloger.ts": "" } },
  {
    rule: "plugin lists",
    files: { "src/plugins/catalogers/index.ts": `import("./apk/x.ts"); import("./gone/x.ts")` },
  },
  { rule: "plugin readmes", files: { "src/plugins/catalogers/rpm/cataloger.ts": "" } },
  {
    rule: "plugin readmes",
    files: { "src/plugins/catalogers/apk/readme.md": "# apk\n\n## Limits\n" },
  },
  {
    rule: "plugin readmes",
    files: {
      "src/plugins/catalogers/apk/readme.md":
        "# apk\n\n## Limits\n\n## What it reads\n\n## What it reports\n\n## Source\n",
    },
  },
  {
    rule: "plugin readmes",
    files: { "src/plugins/catalogers/apk/readme.md": APK_README.replace("# apk", "# Alpine") },
  },
  {
    rule: "retired ids",
    files: { "src/plugins/retired.txt": "catalogers/apk 2026-01-02 it was wrong\n" },
  },
  { rule: "retired ids", files: { "src/plugins/retired.txt": "apk\n" } },
  { rule: "files of one idea", files: { "ARCHITECTURE.md": "x\n".repeat(150) } },
  { rule: "files of one idea", files: { "tools/long.js": "x\n".repeat(401) } },
  { rule: "files of one idea", files: { "src/kit/a.test.ts": "x\n".repeat(801) } },
  { rule: "comments that fit", files: { "src/kit/wide.ts": `// ${"x".repeat(150)}\n` } },
  { rule: "shallow tree", files: { "src/a/b/c/d/e/f.ts": "" } },
  { rule: "no blobs", files: { "docs/picture.png": { text: null } } },
  { rule: "no blobs", files: { "test/big.json": { sizeBytes: 600_000 } } },
  { rule: "executable bits", files: { "bin/bulwark.js": { text: "", executable: false } } },
  { rule: "executable bits", files: { "src/kit/lines.ts": { text: "", executable: true } } },
  {
    rule: "decision records",
    files: { "docs/decisions/0003-gap.md": DECISION.replace("0001", "0002") },
  },
  { rule: "decision records", files: { "docs/decisions/0001-one-package.md": "# 0001. X\n" } },
  { rule: "change notes", files: { "changes/0002-second.md": "Improved: much.\n" } },
  { rule: "change notes", files: { "changes/0001-again.md": "New: twice.\n" } },
  { rule: "change notes", files: { "changes/second.md": "New: unnumbered.\n" } },
  { rule: "links lead somewhere", files: { "README.md": "[gone](docs/gone.md)\n" } },
  { rule: "glossary words", files: { "README.md": joined("An ana", "lyzer reads.\n") } },
  { rule: "glossary words", files: { "src/kit/x.ts": joined("// the white", "list\n") } },
  { rule: "names that say something", files: { "src/kit/utils.ts": "" } },
  { rule: "names that say something", files: { "src/kit/x.ts": "class ScanManager {}\n" } },
  { rule: "names that say something", files: { "src/kit/x.ts": "interface PathUtils {}\n" } },
  { rule: "no leftovers", files: { "src/kit/x.ts": joined("// TO", "DO: later\n") } },
  { rule: "no leftovers", files: { "docs/x.md": joined("Do not ", "submit.\n") } },
  { rule: "no leftovers", files: { "src/kit/x.ts": joined("x as a", "ny;\n") } },
  { rule: "tests run", files: { "src/kit/a.test.ts": joined("test.on", 'ly("x")\n') } },
  { rule: "tests run", files: { "src/kit/a.test.ts": joined("test.sk", 'ip("x", f)\n') } },
  { rule: "tests run", files: { "src/kit/a.test.ts": joined("test.sk", 'ipIf(a())("x", f)\n') } },
  { rule: "tests run", files: { "src/kit/a.test.ts": joined("context.sk", "ip()\n") } },
  { rule: "no path of a machine", files: { "src/kit/x.ts": joined('"/wo', 'rk/main"\n') } },
  { rule: "no path of a machine", files: { ".ci/run": joined("cd /ho", "me/anna/x\n") } },
  {
    rule: "no registry of a machine",
    files: { "package-lock.json": `{ "resolved": "https://example.org/a.tgz" }` },
  },
  { rule: "one sentence a line", files: { "docs/x.md": "One sentence. Another one.\n" } },
];

describe("each rule can fail", () => {
  test.each(BROKEN)("$rule: $files", ({ rule, files }) => {
    const broken = tidyRules.find((r) => r.name === rule)?.find(treeOf({ ...CLEAN, ...files }));
    expect(broken).toHaveLength(1);
  });

  test("every rule is among them", () => {
    const proved = BROKEN.map((b) => b.rule);
    expect(tidyRules.map((r) => r.name).filter((name) => !proved.includes(name))).toEqual([]);
  });

  test("a registry that only one machine has is found by its name", () => {
    const tree = treeOf({ "README.md": "npm i --registry https://packages.example.org/\n" });
    expect(noRegistry("packages.example.org").find(tree)).toHaveLength(1);
    expect(noRegistry("other.example.org").find(tree)).toEqual([]);
  });

  test.each([
    { ids: ["apk", "dpkg"], fault: "no such folder" },
    { ids: [], fault: "no plugin has its id" },
    { ids: ["apk", "apk"], fault: "used twice" },
    { ids: ["b", "a"], fault: "expected order" },
  ])("ids $ids: $fault", ({ ids, fault }) => {
    expect(idFaults({ name: "catalogers", lists: [ids] }, treeOf(CLEAN)).join("\n")).toContain(
      fault,
    );
  });

  test("a code that is nowhere documented or used is found", () => {
    const table = { path: "src/kit/error.ts", codes: ["usage", "stray"], page: "docs/errors.md" };
    const tree = treeOf({
      "docs/errors.md": "| `usage` |",
      "src/kit/error.ts": `"stray"`,
      "src/cli/main.ts": `"usage"`,
    });
    expect(codeFaults(table, tree)).toEqual([
      "stray: not in docs/errors.md; run npm run gen",
      "stray: used nowhere",
    ]);
  });
});
