// Packages of conda environments, from the record that conda, mamba and micromamba keep of each.
import { list } from "../../../formats/json-object.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { parseJsonObject, textOf } from "../shared/json-value.ts";
import { depending, isWord, licensed } from "../shared/words.ts";

export const condaInstalled: Cataloger = {
  id: "conda-installed",
  title: "Packages of conda environments",
  needs: [],
  state: "trial",
  version: 1,
  evidence: "installed",
  types: ["conda"],
  wants: { extensions: ["json"], test: (path) => baseName(parentPath(path)) === "conda-meta" },
  // Every file of the package is listed in it, with digests.
  limitBytes: 64 << 20,
  read,
};

const DEPENDENCIES_MAX = 2_000;

function read({ bytes }: EvidenceFile): Reading {
  const record = parseJsonObject(bytes);
  if (record === null) return onlyProblem("file-damaged", "it is no JSON object");
  const [name, version] = [textOf(record, "name"), textOf(record, "version")];
  if (!isWord(name) || !isWord(version))
    return onlyProblem("file-damaged", "it has no name and version that can be read");
  const license = textOf(record, "license");
  // `python >=3.12,<3.13.0a0`; what begins with two underscores is asked of the machine.
  const needed = list(record, "depends")
    .slice(0, DEPENDENCIES_MAX)
    .flatMap((spec) => (typeof spec === "string" ? (spec.split(" ", 1)[0] ?? []) : []))
    .filter((wanted) => !wanted.startsWith("__"));
  return {
    packages: [
      {
        type: "conda",
        name,
        version,
        ...licensed(license === "" ? [] : [license]),
        ...depending(needed, name),
      },
    ],
    problems: [],
  };
}
