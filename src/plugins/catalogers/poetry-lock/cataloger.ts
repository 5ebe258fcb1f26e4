// The lock file of Poetry, versions 1 and 2.
import {
  DocumentList,
  type DocumentValue,
  lineOf,
  listOf,
  mapOf,
  memberOf,
  textOf,
} from "../../../formats/document.ts";
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { pythonName } from "../shared/python-name.ts";
import { readTomlLock } from "../shared/toml-packages.ts";

export const poetryLock: Cataloger = {
  id: "poetry-lock",
  title: "Poetry lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  wants: { names: ["poetry.lock"] },
  limitBytes: 64 << 20,
  read: (file) =>
    readTomlLock(file.bytes, { type: "pypi" }, ({ packages, found }) => {
      const locked = new Set(packages.map((entry) => pythonName(textOf(entry, "name"))));
      for (const entry of packages) {
        // A folder of the project itself.
        if (textOf(memberOf(entry, "source"), "type") === "directory") continue;
        const needed = [...mapOf(entry, "dependencies").keys()].map(pythonName);
        found.add({
          name: pythonName(textOf(entry, "name")),
          version: textOf(entry, "version"),
          line: lineOf(entry),
          development: isForDevelopment(entry),
          dependsOn: needed.filter((name) => locked.has(name)),
        });
      }
    }),
};

/** `category` up to Poetry 1.4, `groups` from 2.0 on; between them the file does not say. */
function isForDevelopment(entry: DocumentValue): boolean {
  const groups = memberOf(entry, "groups");
  if (groups instanceof DocumentList) return !listOf(entry, "groups").includes("main");
  const category = textOf(entry, "category");
  return category !== "" && category !== "main";
}
