// The lock file that all Python tools share: pylock.toml of PEP 751.
import { lineOf, listOf, memberOf, textOf } from "../../../formats/document.ts";
import { baseName } from "../../../kit/path.ts";
import type { Cataloger } from "../../../stages/catalog/contract.ts";
import { pythonName } from "../shared/python-name.ts";
import { readTomlLock, unversioned } from "../shared/toml-packages.ts";

export const pylock: Cataloger = {
  id: "pylock",
  title: "Lock files of PEP 751",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  wants: {
    extensions: ["toml"],
    test: (path) => /^pylock\.(?:[^.]+\.)?toml$/.test(baseName(path)),
  },
  limitBytes: 128 << 20,
  read: (file) =>
    readTomlLock(file.bytes, { type: "pypi", arrayName: "packages" }, ({ packages, found }) => {
      for (const entry of packages) {
        const version = textOf(entry, "version");
        const line = lineOf(entry);
        if (memberOf(entry, "directory") !== undefined) continue;
        if (version === "") unversioned(entry, line, found);
        else {
          const needed = listOf(entry, "dependencies").map((d) => pythonName(textOf(d, "name")));
          found.add({ name: pythonName(textOf(entry, "name")), version, line, dependsOn: needed });
        }
      }
    }),
};
