import { expect, test } from "vitest";
import type { Command } from "../src/cli/command.ts";
import { ERROR_CODES } from "../src/kit/error.ts";
import { PROBLEM_CODES } from "../src/model/problem.ts";
import { catalogers } from "../src/plugins/catalogers/index.ts";
import { checks } from "../src/plugins/checks/index.ts";
import { packs } from "../src/stages/check/packs.data.ts";
import {
  catalogersPage,
  checksPage,
  cliPage,
  errorsPage,
  problemsPage,
} from "./reference-pages.ts";

test("every code has a row that says what it means and what it does", () => {
  expect(errorsPage(ERROR_CODES)).toContain(
    "| `offline` | the network is needed and --offline forbids it | 1 |",
  );
  expect(problemsPage(PROBLEM_CODES)).toContain("| `data-old` |");
  expect(errorsPage(ERROR_CODES).split("\n| `")).toHaveLength(Object.keys(ERROR_CODES).length + 1);
});

test("every cataloger has a row with its files and a link to its readme", () => {
  const page = catalogersPage(catalogers);
  for (const { id } of catalogers) {
    expect(page).toContain(`| [${id}](../../src/plugins/catalogers/${id}/readme.md) |`);
  }
  expect(page).toContain("`lib/apk/db/installed`");
});

test("every check has a section with its packs, requirements and examples", () => {
  const page = checksPage(checks, packs);
  for (const { id } of checks) expect(page).toContain(`## ${id}\n`);
  expect(page).toContain("pss-baseline from v1.34, pss-restricted from v1.34");
  expect(page).toContain("cis-kubernetes-1.12 5.2.3");
  expect(page).toContain("      privileged: true");
});

test("a command's section has its usage, options and examples, and no bar ends a cell", () => {
  const command: Command = {
    name: "scan",
    summary: "find what is wrong",
    usage: ["scan TARGET… [options]"],
    details: ["First sentence. Second one."],
    options: {
      format: { type: "string", value: "table|json", summary: "how to print" },
    },
    examples: [["bulwark scan .", "scans this folder"]],
    run: () => Promise.resolve(0),
  };
  const page = cliPage([command]);
  expect(page).toContain("Find what is wrong.\n");
  expect(page).toContain("```text\nbulwark scan TARGET… [options]\n```");
  expect(page).toContain("First sentence.\nSecond one.");
  expect(page).toContain("| `--format table\\|json` | how to print |");
  expect(page).toContain("# scans this folder\nbulwark scan .\n");
});
