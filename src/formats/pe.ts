// Reads the section table of PE files (Windows programs and libraries).
// Source: Microsoft's "PE Format". Hostile input: what lies outside of the file counts as absent.

export interface PeSection {
  /** At most eight characters. */
  readonly name: string;
  /** Where it lies in memory, the image's base included. */
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly isWritable: boolean;
}

export interface Pe {
  readonly bytes: Uint8Array;
  readonly is64: boolean;
  readonly sections: readonly PeSection[];
}

const SIGNATURE = 0x4550;
const MEMORY_WRITE = 0x80000000;
const SECTIONS_MAX = 1_000;

/** @returns null when it is no PE file, or its tables are cut. Never throws. */
export function openPe(bytes: Uint8Array): Pe | null {
  if (bytes.length < 0x40 || bytes[0] !== 0x4d || bytes[1] !== 0x5a) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = view.getUint32(0x3c, true);
  if (head + 24 + 32 > bytes.length || view.getUint32(head, true) !== SIGNATURE) return null;
  const count = view.getUint16(head + 6, true);
  const optional = head + 24;
  const table = optional + view.getUint16(head + 20, true);
  if (count > SECTIONS_MAX || table + count * 40 > bytes.length) return null;
  const is64 = view.getUint16(optional, true) === 0x20b;
  const base = is64
    ? view.getUint32(optional + 28, true) * 2 ** 32 + view.getUint32(optional + 24, true)
    : view.getUint32(optional + 28, true);
  const sections = Array.from({ length: count }, (_, i) => sectionAt(view, table + i * 40, base));
  return { bytes, is64, sections };
}

function sectionAt(view: DataView, at: number, base: number): PeSection {
  let name = "";
  for (let i = at; i < at + 8 && view.getUint8(i) !== 0; i += 1)
    name += String.fromCharCode(view.getUint8(i));
  return {
    name,
    address: base + view.getUint32(at + 12, true),
    offset: view.getUint32(at + 20, true),
    sizeBytes: view.getUint32(at + 16, true),
    isWritable: (view.getUint32(at + 36, true) & MEMORY_WRITE) !== 0,
  };
}
