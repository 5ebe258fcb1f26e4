// Reads the segments and sections of Mach-O files (programs and libraries for macOS), of one architecture.
// Source: Apple's mach-o/loader.h. Hostile input: what lies outside of the file counts as absent.

const MAGIC_32 = 0xfeedface;
const MAGIC_64 = 0xfeedfacf;
const SEGMENT_32 = 0x1;
const SEGMENT_64 = 0x19;
const PROTECTION_WRITE = 2;
const COMMANDS_MAX = 10_000;
const SECTIONS_MAX = 10_000;

export interface MachOSection {
  /** Without its segment's name: `__data`. */
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

export interface MachOSegment {
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly isWritable: boolean;
}

export interface MachO {
  readonly bytes: Uint8Array;
  readonly isLittleEndian: boolean;
  readonly sections: readonly MachOSection[];
  readonly segments: readonly MachOSegment[];
}

/** @returns null when it is no Mach-O file. Commands that are cut are left out. Never throws. */
export function openMachO(bytes: Uint8Array): MachO | null {
  if (bytes.length < 32) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isLittleEndian = isMagic(view.getUint32(0, true));
  if (!isLittleEndian && !isMagic(view.getUint32(0, false))) return null;
  const is64 = view.getUint32(0, isLittleEndian) === MAGIC_64;
  const reading = new Commands(view, isLittleEndian, is64);
  reading.read();
  return { bytes, isLittleEndian, sections: reading.sections, segments: reading.segments };
}

function isMagic(value: number): boolean {
  return value === MAGIC_32 || value === MAGIC_64;
}

class Commands {
  readonly sections: MachOSection[] = [];
  readonly segments: MachOSegment[] = [];
  readonly #view: DataView;
  readonly #little: boolean;
  readonly #is64: boolean;

  constructor(view: DataView, isLittleEndian: boolean, is64: boolean) {
    this.#view = view;
    this.#little = isLittleEndian;
    this.#is64 = is64;
  }

  read(): void {
    const count = Math.min(this.#u32(16), COMMANDS_MAX);
    let at = this.#is64 ? 32 : 28;
    for (let i = 0; i < count && at + 8 <= this.#view.byteLength; i += 1) {
      const size = this.#u32(at + 4);
      if (size < 8 || at + size > this.#view.byteLength) return;
      if (this.#u32(at) === (this.#is64 ? SEGMENT_64 : SEGMENT_32)) this.#segment(at, size);
      at += size;
    }
  }

  #segment(at: number, size: number): void {
    const head = this.#is64 ? 72 : 56;
    if (size < head) return;
    const protection = this.#u32(at + (this.#is64 ? 60 : 44));
    this.segments.push({
      address: this.#word(at + 24, at + 24),
      offset: this.#word(at + 40, at + 32),
      sizeBytes: this.#word(at + 48, at + 36),
      isWritable: (protection & PROTECTION_WRITE) !== 0,
    });
    const each = this.#is64 ? 80 : 68;
    const count = this.#u32(at + (this.#is64 ? 64 : 48));
    for (let i = 0; i < count && head + (i + 1) * each <= size; i += 1) {
      if (this.sections.length >= SECTIONS_MAX) return;
      const row = at + head + i * each;
      this.sections.push({
        name: this.#name(row),
        sizeBytes: this.#word(row + 40, row + 36),
        offset: this.#u32(row + (this.#is64 ? 48 : 40)),
      });
    }
  }

  #name(at: number): string {
    let name = "";
    for (let i = at; i < at + 16 && this.#view.getUint8(i) !== 0; i += 1)
      name += String.fromCharCode(this.#view.getUint8(i));
    return name;
  }

  #u32(at: number): number {
    return this.#view.getUint32(at, this.#little);
  }

  #word(at64: number, at32: number): number {
    if (!this.#is64) return this.#u32(at32);
    const [low, high] = this.#little ? [at64, at64 + 4] : [at64 + 4, at64];
    return this.#u32(high) * 2 ** 32 + this.#u32(low);
  }
}
