// The lock file of Cargo, all four versions.
import { type DocumentValue, lineOf, listOf, textOf } from "../../../formats/document.ts";
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { readTomlLock } from "../shared/toml-packages.ts";

export const cargoLock: Cataloger = {
  id: "cargo-lock",
  title: "Cargo lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["cargo"],
  wants: { names: ["Cargo.lock"] },
  limitBytes: 64 << 20,
  read: (file) =>
    readTomlLock(file.bytes, { type: "cargo" }, ({ packages, found }) => {
      for (const entry of packages) {
        // Without a source it is a folder: the project itself, or a member of its workspace.
        if (textOf(entry, "source") === "") continue;
        found.add({
          name: textOf(entry, "name"),
          version: textOf(entry, "version"),
          line: lineOf(entry),
          dependsOn: listOf(entry, "dependencies").map(nameOf),
        });
      }
    }),
};

/** `name`, `name 1.2.3` where there are several versions, or `name 1.2.3 (registry+https://…)` in version 1. */
function nameOf(dependency: DocumentValue): string {
  return typeof dependency === "string" ? (dependency.split(" ", 1)[0] ?? "") : "";
}
