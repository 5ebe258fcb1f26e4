// Java packages in archives, and in archives within archives, and in archives that were unpacked.
import { baseName } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { ARCHIVE_EXTENSIONS, readArchive } from "./archives.ts";
import { descriptorOf } from "./identity.ts";

const DESCRIPTOR = "pom.properties";

export const javaArchive: Cataloger = {
  id: "java-archive",
  title: "Java archives, with what lies and was merged in them",
  needs: [],
  state: "stable",
  version: 3,
  evidence: "installed",
  types: ["maven"],
  wants: { extensions: ARCHIVE_EXTENSIONS, names: [DESCRIPTOR], test: isOurs },
  limitBytes: 512 << 20,
  read,
};

/** Descriptors outside of archives count where an archive was unpacked. */
function isOurs(path: string): boolean {
  return baseName(path) !== DESCRIPTOR || /(^|\/)META-INF\/maven\//.test(path);
}

function read({ path, bytes }: EvidenceFile): Reading {
  const name = baseName(path);
  if (name === DESCRIPTOR) return readDescriptor(bytes);
  // `.rar` is also what another kind of archive is called, and an empty file is a placeholder.
  if (bytes.length === 0 || (/\.rar$/i.test(name) && bytes[0] !== 0x50)) return NOTHING;
  return readArchive(bytes, name);
}

function readDescriptor(bytes: Uint8Array): Reading {
  const { group, artifact, version } = descriptorOf(bytes);
  if (group === "" || artifact === "" || version === "")
    return onlyProblem("file-damaged", "the descriptor has no group, artifact and version");
  return { packages: [{ type: "maven", name: `${group}:${artifact}`, version }], problems: [] };
}
