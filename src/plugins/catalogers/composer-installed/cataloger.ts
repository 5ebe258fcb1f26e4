// Installed PHP packages, from the list that Composer keeps beside its autoloader.

import { asObject, type JsonObject, list, member, object } from "../../../formats/json-object.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { namesOf, parseJson, textOf } from "../shared/json-value.ts";
import { bareVersion, depending, isWord, licensed } from "../shared/words.ts";

const PACKAGES_MAX = 50_000;
const REQUIREMENTS_MAX = 2_000;

export const composerInstalled: Cataloger = {
  id: "composer-installed",
  title: "PHP packages installed by Composer",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["composer"],
  wants: {
    names: ["installed.json"],
    // The folder of packages is usually called `vendor` and can be called anything.
    test: (path) => path === "composer/installed.json" || path.endsWith("/composer/installed.json"),
  },
  limitBytes: 64 << 20,
  read,
};

function read({ bytes }: EvidenceFile): Reading {
  if (bytes.length === 0) return NOTHING;
  const document = parseJson(bytes);
  if (document === null) return onlyProblem("file-damaged", "installed.json is not JSON");
  // Composer 1 writes a list, Composer 2 an object around it.
  const object = asObject(document);
  const items = object === null ? (document as readonly unknown[]) : list(object, "packages");
  const development = new Set(object === null ? [] : list(object, "dev-package-names"));
  const packages: FoundPackage[] = [];
  let strange = 0;
  for (const item of items.slice(0, PACKAGES_MAX)) {
    const found = packageOf(asObject(item), development);
    if (found === null) strange += 1;
    else packages.push(found);
  }
  return { packages, problems: problemsOf(strange, items.length) };
}

function problemsOf(strange: number, count: number): Reading["problems"] {
  if (strange > 0)
    return [
      {
        code: "file-damaged",
        detail: `${strange} of ${count} packages have no name or version that can be read`,
      },
    ];
  if (count <= PACKAGES_MAX) return [];
  return [{ code: "file-damaged", detail: `more than ${PACKAGES_MAX} packages` }];
}

function packageOf(
  item: JsonObject | null,
  development: ReadonlySet<unknown>,
): FoundPackage | null {
  if (item === null) return null;
  const stated = textOf(item, "name");
  const name = stated.toLowerCase();
  const version = bareVersion(textOf(item, "version"));
  if (!isWord(name) || !isWord(version)) return null;
  // `php`, `ext-json` and `lib-curl` are what the platform must have, not packages.
  const needed = namesOf(object(item, "require"), REQUIREMENTS_MAX).filter((n) => n.includes("/"));
  return {
    type: "composer",
    name,
    version,
    ...licensed(licensesOf(member(item, "license"))),
    ...(development.has(stated) ? { development: true } : {}),
    ...depending(
      needed.map((n) => n.toLowerCase()),
      name,
    ),
  };
}

/** Several licences are a choice among them, says Composer. */
function licensesOf(declared: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(declared) ? declared : [declared];
  return items.filter((license) => typeof license === "string");
}
