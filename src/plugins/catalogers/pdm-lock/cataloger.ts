// The lock file of PDM.
import { type DocumentValue, lineOf, listOf, memberOf, textOf } from "../../../formats/document.ts";
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { pythonName } from "../shared/python-name.ts";
import { readTomlLock } from "../shared/toml-packages.ts";

export const pdmLock: Cataloger = {
  id: "pdm-lock",
  title: "PDM lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  wants: { names: ["pdm.lock"] },
  limitBytes: 64 << 20,
  read: (file) =>
    readTomlLock(file.bytes, { type: "pypi" }, ({ packages, found }) => {
      for (const entry of packages) {
        // A folder of the project itself.
        if (memberOf(entry, "path") !== undefined) continue;
        found.add({
          name: pythonName(textOf(entry, "name")),
          version: textOf(entry, "version"),
          line: lineOf(entry),
          development: isForDevelopment(entry),
          dependsOn: listOf(entry, "dependencies").map(nameOf),
        });
      }
    }),
};

/** A requirement as PEP 508 writes it: the name comes first. */
function nameOf(requirement: DocumentValue): string {
  const text = typeof requirement === "string" ? requirement : "";
  return pythonName(/^[\w.-]{1,200}/.exec(text)?.[0] ?? "");
}

/** Groups other than `default` may be extras as well; only those named for development are believed to be for it. */
function isForDevelopment(entry: DocumentValue): boolean {
  const groups = listOf(entry, "groups");
  return groups.length > 0 && groups.every((g) => /^(dev|tests?|lint|docs?)\b/.test(String(g)));
}
