// Writes tar archives entry by entry, also such as no program would write. @see POSIX.1-2024, pax, "ustar Interchange Format"

export interface WrittenEntry {
  readonly name: string;
  readonly content?: Uint8Array | string;
  /** `0` file, `1` hard link, `2` symbolic link, `5` folder; a file when absent. */
  readonly type?: string;
  readonly link?: string;
  readonly mode?: number;
}

/** A whole archive, with its two blocks of zeros. */
export function tarOf(entries: readonly WrittenEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf(entry: WrittenEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? "");
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return [headerOf(entry, content.length), content, padding];
}

function headerOf(entry: WrittenEntry, sizeBytes: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number): void => {
    header.write(value.toString(8).padStart(length - 1, "0"), at, "latin1");
  };
  header.write(entry.name, 0, 100, "utf8");
  octal(entry.mode ?? 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(0, 136, 12);
  header.write(entry.type ?? "0", 156, "latin1");
  header.write(entry.link ?? "", 157, 100, "utf8");
  header.write("ustar\u000000", 257, "latin1");
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}
