// Writes the reference pages from what the product says about itself: `npm run gen`.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { commands } from "../src/cli/commands.ts";
import { ERROR_CODES } from "../src/kit/error.ts";
import { PROBLEM_CODES } from "../src/model/problem.ts";
import { catalogers } from "../src/plugins/catalogers/index.ts";
import { checks } from "../src/plugins/checks/index.ts";
import { packs } from "../src/stages/check/packs.data.ts";
import { gateSchema, scanSchema } from "./json-schemas.ts";
import {
  catalogersPage,
  checksPage,
  cliPage,
  errorsPage,
  problemsPage,
} from "./reference-pages.ts";

const FOLDER = "docs/reference";

const pages: Readonly<Record<string, string>> = {
  "errors.md": errorsPage(ERROR_CODES),
  "problems.md": problemsPage(PROBLEM_CODES),
  "catalogers.md": catalogersPage(catalogers),
  "checks.md": checksPage(checks, packs),
  "gate.schema.json": gateSchema(),
  "scan.schema.json": scanSchema(),
  "cli.md": cliPage(await Promise.all(commands.map((entry) => entry.load()))),
};

mkdirSync(FOLDER, { recursive: true });
for (const [name, text] of Object.entries(pages)) writeFileSync(join(FOLDER, name), text);
