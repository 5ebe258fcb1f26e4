import { open } from "node:fs/promises";

/** A line of a file, without its end. */
export interface FileLine {
  readonly bytes: Buffer;
  /** From 1. */
  readonly number: number;
  /** It has its line end. */
  readonly isEnded: boolean;
}

const PIECE_BYTES = 1 << 20;
/** A longer line is handed on in pieces, all but the last without an end. */
const LINE_MAX = 16 << 20;
const NEWLINE = 0x0a;

/**
 * Reads a file as lines, many at a time. The bytes are not used again for others.
 *
 * @param sizeBytes How much of it; what others append meanwhile does not count.
 * @throws The error of the file system.
 */
export async function* fileLines(
  path: string,
  sizeBytes: number,
): AsyncGenerator<readonly FileLine[]> {
  const file = await open(path, "r");
  try {
    let rest: Buffer = Buffer.alloc(0);
    let number = 1;
    for (let position = 0; position < sizeBytes; ) {
      const room = Math.min(PIECE_BYTES, sizeBytes - position);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(room), 0, room, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const piece = buffer.subarray(0, bytesRead);
      const whole = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      const lines: FileLine[] = [];
      let start = 0;
      // What was left over before has no line end in it.
      let end = whole.indexOf(NEWLINE, rest.length);
      while (end !== -1) {
        lines.push({ bytes: whole.subarray(start, end), number, isEnded: true });
        number += 1;
        start = end + 1;
        end = whole.indexOf(NEWLINE, start);
      }
      rest = whole.subarray(start);
      if (rest.length > LINE_MAX) {
        lines.push({ bytes: rest, number, isEnded: false });
        rest = Buffer.alloc(0);
      }
      if (lines.length > 0) yield lines;
    }
    if (rest.length > 0) yield [{ bytes: rest, number, isEnded: false }];
  } finally {
    await file.close();
  }
}
