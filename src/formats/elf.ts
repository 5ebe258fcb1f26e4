// Reads the tables of ELF files: sections and segments, of both word sizes and byte orders. Nothing is copied.
// Source: System V ABI, chapters 4 (object files) and 5 (program loading). Hostile input: every claim is checked against the file's
// size, and a table that is not wholly there counts as absent.

/** A named stretch of the file. */
export interface ElfSection {
  /** Where its name stands in the table of section names. */
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A stretch of the file as it lies in memory. */
export interface ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

export interface Elf {
  readonly bytes: Uint8Array;
  readonly is64: boolean;
  readonly isLittleEndian: boolean;
  /** `e_type`: 2 executable, 3 shared object or position-independent executable, 1 relocatable. */
  readonly type: number;
  /** `e_machine`: 62 amd64, 183 arm64, … */
  readonly machine: number;
  /** Empty when the section table was stripped, or is damaged. */
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
  /** Index of the section that holds the names of sections. */
  readonly namesIndex: number;
}

export const SEGMENT_LOAD = 1;
export const SEGMENT_EXECUTABLE = 1;
export const SEGMENT_WRITABLE = 2;

const SECTION_NOBITS = 8;
const SECTIONS_MAX = 100_000;
const SEGMENTS_MAX = 10_000;
/** Values that `e_shstrndx` and `e_phnum` have when the real one stands in the first section. */
const EXTENDED = 0xffff;

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/**
 * Reads header and tables: a few microseconds, whatever the file's size. Never throws.
 *
 * @returns null when it is no ELF file, or not even its header is there.
 */
export function openElf(bytes: Uint8Array): Elf | null {
  const is64 = bytes[4] === 2;
  const isLittleEndian = bytes[5] === 1;
  if (!isElf(bytes) || bytes.length < (is64 ? 64 : 52)) return null;
  if ((!is64 && bytes[4] !== 1) || (!isLittleEndian && bytes[5] !== 2)) return null;
  const fields = new Fields(bytes, is64, isLittleEndian);
  const shape = is64 ? SHAPE_64 : SHAPE_32;
  const namesIndex = fields.u16(shape.namesIndex);
  return {
    bytes,
    is64,
    isLittleEndian,
    type: fields.u16(16),
    machine: fields.u16(18),
    sections: sectionsOf(fields, shape),
    segments: segmentsOf(fields, shape),
    namesIndex: namesIndex === EXTENDED ? linkOfFirst(fields, shape) : namesIndex,
  };
}

/** Where header fields stand in each word size. */
interface Shape {
  readonly segments: number;
  readonly sections: number;
  readonly segmentSize: number;
  readonly segmentCount: number;
  readonly sectionSize: number;
  readonly sectionCount: number;
  readonly namesIndex: number;
}

const SHAPE_64: Shape = {
  segments: 32,
  sections: 40,
  segmentSize: 54,
  segmentCount: 56,
  sectionSize: 58,
  sectionCount: 60,
  namesIndex: 62,
};
const SHAPE_32: Shape = {
  segments: 28,
  sections: 32,
  segmentSize: 42,
  segmentCount: 44,
  sectionSize: 46,
  sectionCount: 48,
  namesIndex: 50,
};

/** Numbers of the file's own byte order and word size. */
class Fields {
  readonly is64: boolean;
  readonly sizeBytes: number;
  readonly #view: DataView;
  readonly #little: boolean;

  constructor(bytes: Uint8Array, is64: boolean, isLittleEndian: boolean) {
    this.is64 = is64;
    this.sizeBytes = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = isLittleEndian;
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.#little);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  /** An address or offset. Beyond 2^53 inexact, and then outside of any file. */
  word(at: number): number {
    if (!this.is64) return this.u32(at);
    const [low, high] = this.#little ? [at, at + 4] : [at + 4, at];
    return this.u32(high) * 2 ** 32 + this.u32(low);
  }
}

function sectionsOf(fields: Fields, shape: Shape): ElfSection[] {
  const start = fields.word(shape.sections);
  const size = fields.u16(shape.sectionSize);
  const least = fields.is64 ? 64 : 40;
  if (start === 0 || size < least || start + size > fields.sizeBytes) return [];
  // More sections than fit into 16 bits: the count stands in the first one's size.
  const counted = fields.u16(shape.sectionCount);
  const count = counted === 0 ? fields.word(start + (fields.is64 ? 32 : 20)) : counted;
  if (count > SECTIONS_MAX || start + count * size > fields.sizeBytes) return [];
  return Array.from({ length: count }, (_, i) => sectionAt(fields, start + i * size));
}

function sectionAt(fields: Fields, at: number): ElfSection {
  const wide = fields.is64;
  return {
    nameOffset: fields.u32(at),
    type: fields.u32(at + 4),
    flags: fields.word(at + 8),
    address: fields.word(at + (wide ? 16 : 12)),
    offset: fields.word(at + (wide ? 24 : 16)),
    sizeBytes: fields.word(at + (wide ? 32 : 20)),
  };
}

function linkOfFirst(fields: Fields, shape: Shape): number {
  const at = fields.word(shape.sections) + (fields.is64 ? 40 : 24);
  return at + 4 > fields.sizeBytes ? 0 : fields.u32(at);
}

function segmentsOf(fields: Fields, shape: Shape): ElfSegment[] {
  const start = fields.word(shape.segments);
  const size = fields.u16(shape.segmentSize);
  const count = fields.u16(shape.segmentCount);
  const least = fields.is64 ? 56 : 32;
  if (start === 0 || size < least || count > SEGMENTS_MAX) return [];
  if (start + count * size > fields.sizeBytes) return [];
  return Array.from({ length: count }, (_, i) => segmentAt(fields, start + i * size));
}

function segmentAt(fields: Fields, at: number): ElfSegment {
  const wide = fields.is64;
  return {
    type: fields.u32(at),
    flags: fields.u32(at + (wide ? 4 : 24)),
    offset: fields.word(at + (wide ? 8 : 4)),
    address: fields.word(at + (wide ? 16 : 8)),
    fileBytes: fields.word(at + (wide ? 32 : 16)),
    memoryBytes: fields.word(at + (wide ? 40 : 20)),
  };
}

/** The first section of a name (ASCII), or null. */
export function elfSection(elf: Elf, name: string): ElfSection | null {
  const names = elf.sections[elf.namesIndex];
  if (names === undefined) return null;
  const end = Math.min(names.offset + names.sizeBytes, elf.bytes.length);
  for (const section of elf.sections) {
    if (isNameAt(elf.bytes, { start: names.offset + section.nameOffset, end }, name))
      return section;
  }
  return null;
}

function isNameAt(
  bytes: Uint8Array,
  { start, end }: { start: number; end: number },
  name: string,
): boolean {
  const stop = start + name.length;
  if (stop >= end || bytes[stop] !== 0) return false;
  for (let i = 0; i < name.length; i += 1) {
    if (bytes[start + i] !== name.charCodeAt(i)) return false;
  }
  return true;
}

/** What a section holds, as a view; null when the file does not have it (no such section, no bytes of it, or cut). */
export function elfSectionBytes(elf: Elf, name: string): Uint8Array | null {
  const section = elfSection(elf, name);
  if (section === null || section.type === SECTION_NOBITS) return null;
  const end = section.offset + section.sizeBytes;
  return end > elf.bytes.length ? null : elf.bytes.subarray(section.offset, end);
}
