// Programs that came without a package manager: copied from another image, unpacked from an archive, built in place.
import {
  type Elf,
  elfSectionBytes,
  openElf,
  SEGMENT_EXECUTABLE,
  SEGMENT_LOAD,
  SEGMENT_WRITABLE,
} from "../../../formats/elf.ts";
import { baseName } from "../../../kit/path.ts";
import type { FoundPackage } from "../../../model/package.ts";
import { type Cataloger, NOTHING, type Reading } from "../../../stages/catalog/contract.ts";
import { PROGRAMS } from "./classifiers.data.ts";
import { type Program, stemOf } from "./program.ts";
import { versionIn } from "./versions-in.ts";

export const binary: Cataloger = {
  id: "binary",
  title: "Programs and libraries without a package manager, by the version in their file",
  needs: [],
  state: "trial",
  version: 1,
  evidence: "installed",
  types: ["bitnami", "generic"],
  wants: { elf: true, test: (path) => programsOf(path).length > 0 },
  limitBytes: 256 << 20,
  read: ({ path, bytes }) => readProgram(path, bytes),
};

const NONE: readonly Program[] = [];
const BY_STEM: ReadonlyMap<string, readonly Program[]> = byStem();

function byStem(): Map<string, Program[]> {
  const map = new Map<string, Program[]>();
  for (const program of PROGRAMS) {
    for (const stem of program.files) map.set(stem, [...(map.get(stem) ?? []), program]);
  }
  return map;
}

/** Which programs a file may be, by its name: one pass over the name and one look-up. */
function programsOf(path: string): readonly Program[] {
  return BY_STEM.get(stemOf(baseName(path))) ?? NONE;
}

function readProgram(path: string, bytes: Uint8Array): Reading {
  const elf = openElf(bytes);
  if (elf === null) return NOTHING;
  const packages = programsOf(path).flatMap((program) => packageOf(program, elf));
  return packages.length === 0 ? NOTHING : { packages, problems: [] };
}

function packageOf(program: Program, elf: Elf): FoundPackage[] {
  for (const constants of constantsOf(elf)) {
    const version = versionIn(constants, program);
    if (version === null) continue;
    const { name, type } = program;
    return [{ type, name, version: type === "bitnami" ? asSemver(version) : version }];
  }
  return [];
}

/**
 * Where constants lie: `.rodata`; without a table of sections, what is loaded to be neither changed nor run. What a debugger
 * or the user of an archive appended is not the program speaking.
 */
function constantsOf(elf: Elf): Uint8Array[] {
  const section = elfSectionBytes(elf, ".rodata");
  if (section !== null) return [section];
  if (elf.sections.length > 0) return [];
  return elf.segments
    .filter(
      (s) => s.type === SEGMENT_LOAD && (s.flags & (SEGMENT_EXECUTABLE | SEGMENT_WRITABLE)) === 0,
    )
    .slice(0, SEGMENTS_MAX)
    .map((s) => elf.bytes.subarray(s.offset, s.offset + s.fileBytes));
}

/** Linkers make one or two; overlapping ones would be read again and again. */
const SEGMENTS_MAX = 4;

/** Bitnami's advisories write three numbers and a hyphen: `15.2` → `15.2.0`, `3.13.0rc1` → `3.13.0-rc1`, `17.0.21.1` → `17.0.21`. */
function asSemver(version: string): string {
  const match = /^(\d[\d.]*)[-_]?(.*)$/.exec(version);
  const numbers = (match?.[1] ?? version).split(".").slice(0, 3);
  while (numbers.length < 3) numbers.push("0");
  const rest = match?.[2] ?? "";
  return rest === "" ? numbers.join(".") : `${numbers.join(".")}-${rest}`;
}
