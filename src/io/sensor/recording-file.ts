import { closeSync, openSync, readSync } from "node:fs";
import type { RecordedFact } from "../../formats/sensor/recorded-facts.ts";
import { RECORDING_MAGIC, recordingPart } from "../../formats/sensor/recording.ts";
import { AppError } from "../../kit/error.ts";
import { openError } from "../open-error.ts";

const PIECE_BYTES = 4 << 20;

/** What a recording is read into. */
export interface RecordingUse {
  fact(fact: RecordedFact): void;
  frame(bytes: Buffer, at: number, length: number): void;
}

/**
 * Reads a recording, a few megabytes at a time.
 *
 * @returns where it is damaged, for people; null when it was read to its end. What stands before was used.
 * @throws {AppError} `not-found`, `unreadable`; `document-invalid` for a file that is no recording.
 */
export function readRecording(path: string, use: RecordingUse): string | null {
  const fd = opened(path);
  try {
    const pieces = new Pieces(fd);
    if (!pieces.bytes.subarray(0, RECORDING_MAGIC.length).equals(RECORDING_MAGIC)) {
      throw new AppError("document-invalid", `${JSON.stringify(path)} is no recording of events`, {
        hint: "make one with bulwark watch --record FILE",
      });
    }
    pieces.at = RECORDING_MAGIC.length;
    return readParts(pieces, use);
  } finally {
    closeSync(fd);
  }
}

function readParts(pieces: Pieces, use: RecordingUse): string | null {
  for (;;) {
    const { bytes, at } = pieces;
    const part = recordingPart(bytes, at);
    switch (part.kind) {
      case "damaged":
        return `${part.reason} at byte ${pieces.place}`;
      case "more":
        if (pieces.next()) continue;
        return at === bytes.length ? null : `cut off within the frame at byte ${pieces.place}`;
      case "fact":
        use.fact(part.fact);
        break;
      case "frame":
        use.frame(bytes, at, part.length);
    }
    pieces.at += part.length;
  }
}

/** A file in pieces, of which the unread end goes before the next. */
class Pieces {
  readonly #fd: number;
  #before = 0;
  bytes: Buffer = Buffer.alloc(0);
  at = 0;

  constructor(fd: number) {
    this.#fd = fd;
    this.next();
  }

  /** Of the next byte, in the file. */
  get place(): number {
    return this.#before + this.at;
  }

  /** @returns whether there was more. */
  next(): boolean {
    const rest = this.bytes.subarray(this.at);
    const bytes = Buffer.alloc(PIECE_BYTES);
    rest.copy(bytes);
    const read = readSync(this.#fd, bytes, rest.length, bytes.length - rest.length, null);
    this.#before += this.at;
    this.bytes = bytes.subarray(0, rest.length + read);
    this.at = 0;
    return read > 0;
  }
}

function opened(path: string): number {
  try {
    return openSync(path, "r");
  } catch (thrown) {
    throw openError("recording", path, thrown, "name a file that bulwark watch --record made");
  }
}
