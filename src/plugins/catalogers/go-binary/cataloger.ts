// Modules of Go programs, from the information that Go's linker leaves in them. A look at a program of another language costs a
// few microseconds: its table of sections, and the beginnings of its writable data.
import { type Executable, openExecutable } from "../../../formats/executable.ts";
import {
  type GoBuildInfo,
  type GoModule,
  readGoBuildInfo,
} from "../../../formats/go-build-info.ts";
import { latin1 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type ReadingProblem,
} from "../../../stages/catalog/contract.ts";
import { isWord } from "../shared/words.ts";
import { mainVersion, standardLibraryVersion } from "./versions.ts";

export const goBinary: Cataloger = {
  id: "go-binary",
  title: "Go programs: their modules and the standard library",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "installed",
  types: ["golang"],
  wants: { elf: true, extensions: ["exe"] },
  limitBytes: 512 << 20,
  read,
};

function read({ bytes }: EvidenceFile): Reading {
  const executable = openExecutable(bytes);
  if (executable === null) return NOTHING;
  const info = readGoBuildInfo(executable);
  if (info === null) return unread(executable);
  if (typeof info === "string")
    return onlyProblem("file-damaged", `cannot read Go program: ${info}`);
  return { packages: packagesOf(info), problems: problemsOf(info) };
}

/** Programs that hide what they are made of: no fault of anybody, and no reason to say nothing. */
function unread(executable: Executable): Reading {
  if (isPacked(executable))
    return onlyProblem("program-opaque", "it is packed (UPX), and what it was made of is not seen");
  if (executable.section(".gopclntab") === null) return NOTHING;
  const detail = "its build information was taken out, so that the Go modules in it are not known";
  return onlyProblem("program-opaque", detail);
}

/** UPX leaves its mark behind the tables of an ELF file, and takes the table of sections away. */
function isPacked({ format, hasSections, bytes }: Executable): boolean {
  return format === "elf" && !hasSections && latin1(bytes.subarray(0, 1024)).includes("UPX!");
}

function packagesOf(info: GoBuildInfo): FoundPackage[] {
  const found = new Map<string, FoundPackage>();
  const add = (name: string, version: string): void => {
    if (isWord(name) && isWord(version))
      found.set(`${name}@${version}`, { type: "golang", name, version });
  };
  if (info.main !== null) add(info.main.path, mainVersion(info));
  for (const dependency of info.dependencies) {
    const { path, version } = effective(dependency);
    add(path, version === "" ? "(devel)" : version);
  }
  const library = standardLibraryVersion(info.goVersion);
  if (library !== null) add("stdlib", library);
  return [...found.values()];
}

/** What went in: the replacement, unless it is a folder; then all that is known is what it stands for. */
function effective(module: GoModule): { readonly path: string; readonly version: string } {
  const { replacedBy } = module;
  const isFolder = replacedBy === null || /^(\.|\/|[A-Za-z]:)/.test(replacedBy.path);
  return isFolder ? module : replacedBy;
}

function problemsOf({ goVersion }: GoBuildInfo): ReadingProblem[] {
  if (goVersion === "" || standardLibraryVersion(goVersion) !== null) return [];
  const detail = `the program was built by Go ${JSON.stringify(goVersion.slice(0, 100))}, which is no release`;
  return [{ code: "version-unreadable", detail }];
}
