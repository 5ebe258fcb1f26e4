// Projects of .NET that name their packages themselves (PackageReference), with versions beside them or in one central file.
import { decodeText } from "../../../formats/text-encoding.ts";
import { readXmlDocument } from "../../../formats/xml-document.ts";
import { baseName } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { isShared, join } from "./join.ts";
import { declaredBy, projectOf } from "./project.ts";

const LOCK = "packages.lock.json";

export const nugetProject: Cataloger = {
  id: "nuget-project",
  title: ".NET project files",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "declared",
  types: ["nuget"],
  // The lock file is only noticed: where there is one, it says all, and another cataloger reads it.
  wants: {
    names: [LOCK, "Directory.Build.props"],
    extensions: ["csproj", "fsproj", "vbproj", "props"],
    test: (path) => !path.endsWith(".props") || isShared(path),
  },
  limitBytes: 64 << 20,
  read,
  join,
};

function read(file: EvidenceFile): Reading {
  const name = baseName(file.path);
  if (name === LOCK) return { packages: [], problems: [], notes: [{ kind: "locked" }] };
  const { root, damage } = readXmlDocument(decodeText(file.bytes));
  if (damage !== null) return onlyProblem("file-damaged", damage);
  const project = projectOf(root);
  const notes = [{ kind: "project", project }];
  // What a shared file holds counts where it is used.
  if (name.endsWith(".props")) return { packages: [], problems: [], notes };
  return { ...declaredBy(project, []), notes };
}
