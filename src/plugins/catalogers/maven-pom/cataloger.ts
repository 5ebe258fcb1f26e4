// Maven's project files. What a project inherits and manages is followed as far as it lies in the same source tree: nothing is
// fetched, so what its dependencies need in turn is not known.
import { readPom } from "../../../formats/pom.ts";
import { decodeText } from "../../../formats/text-encoding.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { declaredBy, Family } from "./family.ts";
import { join, pomNote } from "./join.ts";

export const mavenPom: Cataloger = {
  id: "maven-pom",
  title: "Maven project files",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "declared",
  types: ["maven"],
  wants: {
    names: ["pom.xml"],
    extensions: ["pom"],
    // What a build has put together (target/classes/META-INF/maven/…) is a copy.
    test: (path) => !/(?:^|\/)(?:target\/|META-INF\/maven\/)/.test(path),
  },
  limitBytes: 16 << 20,
  read,
  join,
};

function read(file: EvidenceFile): Reading {
  const { pom, damage } = readPom(decodeText(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const alone = declaredBy(pom, new Family([{ path: "pom.xml", pom }]), "pom.xml");
  return { ...alone, notes: [pomNote(pom)] };
}
