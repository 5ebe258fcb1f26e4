// One view of a program, whichever system it is for: stretches of the file by name and by address in memory.
import { type Elf, elfSectionBytes, openElf, SEGMENT_LOAD, SEGMENT_WRITABLE } from "./elf.ts";
import { type MachO, openMachO } from "./mach-o.ts";
import { openPe, type Pe } from "./pe.ts";

/** A stretch of the file and where it lies in memory. */
export interface Stretch {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly address: number;
}

export interface Executable {
  readonly format: "elf" | "pe" | "mach-o";
  readonly bytes: Uint8Array;
  readonly isLittleEndian: boolean;
  /** Whether names of sections are known; programs may be stripped of them. */
  readonly hasSections: boolean;
  /** What a section holds, as a view; null when there is none of the name, or it is cut. */
  section(name: string): Uint8Array | null;
  /** Where initialized data lie that the program may change. */
  readonly writable: readonly Stretch[];
  /** All that is loaded, for addresses. */
  readonly loaded: readonly Stretch[];
}

/**
 * Opens an ELF, PE or Mach-O file: reads its tables and nothing else.
 *
 * @returns null for anything else. Never throws.
 */
export function openExecutable(bytes: Uint8Array): Executable | null {
  const elf = openElf(bytes);
  if (elf !== null) return ofElf(elf);
  const pe = openPe(bytes);
  if (pe !== null) return ofPe(pe);
  const machO = openMachO(bytes);
  return machO === null ? null : ofMachO(machO);
}

/** The bytes at an address in memory; null when the file does not have all of them. */
export function bytesAt(
  executable: Executable,
  address: number,
  length: number,
): Uint8Array | null {
  for (const stretch of executable.loaded) {
    const start = address - stretch.address;
    if (start < 0 || start + length > stretch.sizeBytes) continue;
    const offset = stretch.offset + start;
    if (offset + length > executable.bytes.length) return null;
    return executable.bytes.subarray(offset, offset + length);
  }
  return null;
}

function ofElf(elf: Elf): Executable {
  const loads = elf.segments.filter(({ type }) => type === SEGMENT_LOAD);
  const stretch = (s: (typeof loads)[number]): Stretch => ({
    offset: s.offset,
    sizeBytes: s.fileBytes,
    address: s.address,
  });
  return {
    format: "elf",
    bytes: elf.bytes,
    isLittleEndian: elf.isLittleEndian,
    hasSections: elf.sections.length > 0,
    section: (name) => elfSectionBytes(elf, name),
    writable: loads.filter(({ flags }) => (flags & SEGMENT_WRITABLE) !== 0).map(stretch),
    loaded: loads.map(stretch),
  };
}

function ofPe({ bytes, sections }: Pe): Executable {
  return {
    format: "pe",
    bytes,
    isLittleEndian: true,
    hasSections: sections.length > 0,
    section: (name) => named(bytes, sections, name),
    writable: sections.filter(({ isWritable }) => isWritable),
    loaded: sections,
  };
}

function ofMachO({ bytes, isLittleEndian, sections, segments }: MachO): Executable {
  return {
    format: "mach-o",
    bytes,
    isLittleEndian,
    hasSections: sections.length > 0,
    section: (name) => named(bytes, sections, name),
    writable: segments.filter(({ isWritable }) => isWritable),
    loaded: segments,
  };
}

function named(
  bytes: Uint8Array,
  sections: readonly { name: string; offset: number; sizeBytes: number }[],
  name: string,
): Uint8Array | null {
  const found = sections.find((section) => section.name === name);
  if (found === undefined || found.offset + found.sizeBytes > bytes.length) return null;
  return bytes.subarray(found.offset, found.offset + found.sizeBytes);
}
