import { closeSync, constants, openSync, rmSync, writeSync } from "node:fs";
import { RECORDING_MAGIC } from "../../formats/sensor/recording.ts";
import { AppError, reasonOf } from "../../kit/error.ts";
import { codeOf } from "../error-code.ts";
import { isDiskFull } from "../write-whole.ts";

const BUFFER_BYTES = 1 << 20;

/** A recording takes no more of a disk than this. */
const RECORDING_BYTES_MAX = 4 * 1024 ** 3;

export interface RecorderOptions {
  /** Takes the place of a file that is there. */
  readonly replaces: boolean;
  readonly bytesMax?: number;
}

/**
 * Writes frames to a file, a megabyte at a time. The file is new and for its owner only: command lines and environments hold secrets.
 * What it cannot take ends the recording and nothing else.
 */
export class Recorder {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  readonly #bytesMax: number;
  #used = 0;
  #written = 0;
  #ended: string | null = null;

  /** @throws {AppError} `output-unwritable`. */
  constructor(path: string, { replaces, bytesMax }: RecorderOptions) {
    this.#bytesMax = bytesMax ?? RECORDING_BYTES_MAX;
    this.#fd = created(path, replaces);
    this.add(RECORDING_MAGIC, 0, RECORDING_MAGIC.length);
  }

  /** Why nothing is recorded any more: lower case, no full stop; null while all is. */
  get ended(): string | null {
    return this.#ended;
  }

  add(bytes: Buffer, at: number, length: number): void {
    if (this.#ended !== null) return;
    if (this.#written + this.#used + length > this.#bytesMax) {
      this.#ended = `it has the ${this.#bytesMax} bytes that a recording may have`;
      this.flush();
      return;
    }
    if (this.#used + length > BUFFER_BYTES) this.flush();
    if (length > BUFFER_BYTES) {
      this.#write(bytes.subarray(at, at + length));
      return;
    }
    bytes.copy(this.#buffer, this.#used, at, at + length);
    this.#used += length;
  }

  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  /** A file may take less than it is given. */
  #write(bytes: Buffer): void {
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done);
      this.#written += bytes.length;
    } catch (thrown) {
      this.#ended = isDiskFull(thrown) ? "no space is left" : reasonOf(thrown);
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}

/** Not through a link, and never over what is there: this is root that writes, often into a folder of others. */
function created(path: string, replaces: boolean): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  try {
    if (replaces) rmSync(path, { force: true });
    return openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  } catch (thrown) {
    const name = JSON.stringify(path);
    if (codeOf(thrown) === "EEXIST") {
      throw new AppError("output-unwritable", `cannot record to ${name}: it is there already`, {
        hint: "name another file, or say --force to replace it",
      });
    }
    throw new AppError("output-unwritable", `cannot record to ${name}: ${reasonOf(thrown)}`, {
      hint: "name a file in a folder that exists and may be written",
    });
  }
}
