/** A section for a file made by {@link elfOf}. */
export interface MadeSection {
  readonly name: string;
  readonly content: Uint8Array;
  /** Of the first section; the others follow in memory as they do in the file. */
  readonly address?: number;
}

export interface MadeElf {
  readonly is64?: boolean;
  readonly isLittleEndian?: boolean;
  /** Leaves the table of sections out, and keeps their contents. */
  readonly isStripped?: boolean;
}

/** Sizes of the tables, and where their fields stand: [64 bits, 32 bits]. */
const SIZES = { head: [64, 52], segment: [56, 32], section: [64, 40] } as const;
const HEAD = {
  segments: [32, 28],
  sections: [40, 32],
  headSize: [52, 40],
  segmentSize: [54, 42],
  segmentCount: [56, 44],
  sectionSize: [58, 46],
  sectionCount: [60, 48],
  namesIndex: [62, 50],
} as const;
const SEGMENT = {
  flags: [4, 24],
  offset: [8, 4],
  address: [16, 8],
  file: [32, 16],
  memory: [40, 20],
} as const;
const SECTION = { address: [16, 12], offset: [24, 16], size: [32, 20] } as const;

type Place = readonly [wide: number, narrow: number];

class Writer {
  readonly bytes: Buffer;
  readonly #is64: boolean;
  readonly #little: boolean;
  readonly #view: DataView;

  constructor(sizeBytes: number, is64: boolean, isLittleEndian: boolean) {
    this.bytes = Buffer.alloc(sizeBytes);
    this.#is64 = is64;
    this.#little = isLittleEndian;
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, sizeBytes);
  }

  u16(at: number, place: Place, value: number): void {
    this.#view.setUint16(at + this.#of(place), value, this.#little);
  }

  u32(at: number, place: Place, value: number): void {
    this.#view.setUint32(at + this.#of(place), value, this.#little);
  }

  word(at: number, place: Place, value: number): void {
    const where = at + this.#of(place);
    if (this.#is64) this.#view.setBigUint64(where, BigInt(value), this.#little);
    else this.#view.setUint32(where, value, this.#little);
  }

  #of(place: Place): number {
    return place[this.#is64 ? 0 : 1];
  }
}

/** Makes a small ELF file: the sections' contents, one writable segment over all of them at their addresses, and the tables. */
export function elfOf(parts: readonly MadeSection[], made: MadeElf = {}): Uint8Array {
  const { is64 = true, isLittleEndian = true, isStripped = false } = made;
  const size = (of: Place): number => of[is64 ? 0 : 1];
  const names = Buffer.from(`\0${[...parts.map((p) => p.name), ".shstrtab"].join("\0")}\0`);
  const sections = [
    { name: "", content: new Uint8Array(0) },
    ...parts,
    { name: ".shstrtab", content: names },
  ];
  let end = size(SIZES.head) + size(SIZES.segment);
  const offsets = sections.map(({ content }) => {
    const offset = aligned(end);
    end = offset + content.length;
    return offset;
  });
  const count = isStripped ? 0 : sections.length;
  const table = aligned(end);
  const out = new Writer(table + count * size(SIZES.section), is64, isLittleEndian);
  out.bytes.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, isLittleEndian ? 1 : 2, 1]);
  out.u16(0, [16, 16], 2);
  out.u16(0, [18, 18], is64 ? 62 : 3);
  out.word(0, HEAD.segments, size(SIZES.head));
  out.word(0, HEAD.sections, isStripped ? 0 : table);
  out.u16(0, HEAD.headSize, size(SIZES.head));
  out.u16(0, HEAD.segmentSize, size(SIZES.segment));
  out.u16(0, HEAD.segmentCount, 1);
  out.u16(0, HEAD.sectionSize, size(SIZES.section));
  out.u16(0, HEAD.sectionCount, count);
  out.u16(0, HEAD.namesIndex, Math.max(0, count - 1));
  const first = { offset: offsets[1] ?? 0, address: parts[0]?.address ?? 0 };
  writeSegment(out, size(SIZES.head), { ...first, sizeBytes: end - first.offset });
  sections.forEach(({ name, content }, i) => {
    const offset = offsets[i] ?? 0;
    out.bytes.set(content, offset);
    if (isStripped) return;
    const row = table + i * size(SIZES.section);
    out.u32(row, [0, 0], name === "" ? 0 : names.indexOf(`\0${name}\0`) + 1);
    out.u32(row, [4, 4], name === "" ? 0 : 1);
    out.word(row, SECTION.address, i === 0 ? 0 : first.address + offset - first.offset);
    out.word(row, SECTION.offset, offset);
    out.word(row, SECTION.size, content.length);
  });
  return out.bytes;
}

function writeSegment(
  out: Writer,
  at: number,
  segment: { offset: number; address: number; sizeBytes: number },
): void {
  out.u32(at, [0, 0], 1);
  out.u32(at, SEGMENT.flags, 6);
  out.word(at, SEGMENT.offset, segment.offset);
  out.word(at, SEGMENT.address, segment.address);
  out.word(at, SEGMENT.file, segment.sizeBytes);
  out.word(at, SEGMENT.memory, segment.sizeBytes);
}

function aligned(at: number): number {
  return Math.ceil(at / 16) * 16;
}
