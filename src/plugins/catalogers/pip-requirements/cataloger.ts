// Requirements files of pip. They are written by people as often as by programs: what is not pinned is named, not guessed.
import { readRequirements } from "../../../formats/requirements.ts";
import { decodeText } from "../../../formats/text-encoding.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { Declarations, shown } from "../shared/declared.ts";
import { pythonName } from "../shared/python-name.ts";
import { inclusionsNote, join } from "./inclusions.ts";

export const pipRequirements: Cataloger = {
  id: "pip-requirements",
  title: "Requirements files of pip",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["pypi"],
  wants: { extensions: ["txt"], test: isRequirements },
  limitBytes: 16 << 20,
  read,
  join,
};

/** `requirements.txt`, `requirements-dev.txt`, `dev_requirements.txt`, and every text in a folder `requirements`. */
function isRequirements(path: string): boolean {
  const isInFolder = baseName(parentPath(path)) === "requirements";
  return isInFolder || /^(?:.*[-_.])?requirements(?:[-_.].*)?\.txt$/i.test(baseName(path));
}

const DEVELOPMENT = /(?:^|[-_.])(?:dev|develop|development|tests?|testing|lint)(?=[-_.])/i;

function read(file: EvidenceFile): Reading {
  const text = decodeText(file.bytes);
  if (text.includes("\0")) return onlyProblem("file-damaged", "it is no text");
  const { requirements, inclusions, strange } = readRequirements(text);
  const isNoted = inclusions.length > 0 || strange.length === 0;
  const notes = isNoted ? { notes: [inclusionsNote(inclusions)] } : {};
  // A text that happens to have the name ("system requirements") is no damaged list; where one is pinned, it is a list.
  const isProse =
    strange.length > requirements.length && requirements.every((r) => r.pinned === null);
  if (requirements.length === 0 || isProse) return { ...NOTHING, ...notes };
  const found = new Declarations("pypi");
  const development = DEVELOPMENT.test(baseName(file.path));
  for (const { name, pinned, loose, line } of requirements) {
    if (pinned !== null) {
      found.add({ name: pythonName(name), version: pinned, line, development });
    } else if (name !== "") {
      found.unversioned(`line ${line}: ${shown(name)} is not pinned to one version: ${loose}`);
    } else found.unversioned(`line ${line}: a path or an address, whose version is not known`);
  }
  for (const line of strange) found.damaged(`line ${line}: it is not a requirement`);
  return { ...found.reading(), ...notes };
}
