import { elfOf, type MadeElf } from "./elf-writer.ts";

/** What goes into a program made by {@link goProgramOf}. */
export interface MadeGo extends MadeElf {
  readonly goVersion?: string;
  /** `path`, `mod`, `dep` lines, apart by tabs; null for a program built without modules. */
  readonly modules?: string | null;
  /** The layout of Go before 1.18: strings behind pointers. */
  readonly isPointed?: boolean;
  readonly section?: string;
}

const ADDRESS = 0x500000;
const FENCE = Buffer.alloc(16, 0x0a);

/** Makes a program with the build information that Go's linker writes. */
export function goProgramOf(made: MadeGo): Uint8Array {
  const { goVersion = "go1.20.3", modules = null, section = ".go.buildinfo" } = made;
  const version = Buffer.from(goVersion);
  const text =
    modules === null ? Buffer.alloc(0) : Buffer.concat([FENCE, Buffer.from(`${modules}\n`), FENCE]);
  const content = made.isPointed ? pointed(made, version, text) : inlined(version, text);
  return elfOf(
    [
      { name: section, content, address: ADDRESS },
      { name: ".other", content: Buffer.from("x") },
    ],
    made,
  );
}

function inlined(version: Buffer, text: Buffer): Buffer {
  const head = Buffer.alloc(32);
  head.write("\xff Go buildinf:\x08\x02", "latin1");
  return Buffer.concat([head, varint(version.length), version, varint(text.length), text]);
}

function varint(value: number): Buffer {
  return value < 0x80
    ? Buffer.of(value)
    : Buffer.concat([Buffer.of((value & 0x7f) | 0x80), varint(value >> 7)]);
}

/** Header, two Go strings (pointer and length), and their bytes. */
function pointed(made: MadeGo, version: Buffer, text: Buffer): Buffer {
  const size = made.is64 === false ? 4 : 8;
  const isBig = made.isLittleEndian === false;
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(size);
    if (isBig) bytes.writeUInt32BE(value, size - 4);
    else bytes.writeUInt32LE(value, 0);
    return bytes;
  };
  const strings = 32;
  const data = strings + 4 * size;
  const head = Buffer.alloc(32);
  head.write("\xff Go buildinf:", "latin1");
  head[14] = size;
  head[15] = isBig ? 1 : 0;
  word(ADDRESS + strings).copy(head, 16);
  word(ADDRESS + strings + 2 * size).copy(head, 16 + size);
  return Buffer.concat([
    head,
    word(ADDRESS + data),
    word(version.length),
    word(ADDRESS + data + version.length),
    word(text.length),
    version,
    text,
  ]);
}
