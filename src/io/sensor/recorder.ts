import { closeSync, openSync, writeSync } from "node:fs";
import { RECORDING_MAGIC } from "../../formats/sensor/recording.ts";
import { AppError, reasonOf } from "../../kit/error.ts";

const BUFFER_BYTES = 1 << 20;

/** A recording takes no more of a disk than this. */
const RECORDING_BYTES_MAX = 4 * 1024 ** 3;

/**
 * Writes frames to a file, a megabyte at a time. The file is for its owner only: command lines and environments hold secrets.
 */
export class Recorder {
  readonly #fd: number;
  readonly #buffer = Buffer.alloc(BUFFER_BYTES);
  #used = 0;
  #written = 0;

  /** @throws {AppError} `output-unwritable`. */
  constructor(path: string) {
    try {
      this.#fd = openSync(path, "w", 0o600);
    } catch (thrown) {
      throw new AppError(
        "output-unwritable",
        `cannot record to ${JSON.stringify(path)}: ${reasonOf(thrown)}`,
        {
          hint: "name a file in a folder that exists and may be written",
        },
      );
    }
    this.add(RECORDING_MAGIC, 0, RECORDING_MAGIC.length);
  }

  get isFull(): boolean {
    return this.#written + this.#used >= RECORDING_BYTES_MAX;
  }

  add(bytes: Buffer, at: number, length: number): void {
    if (this.isFull) return;
    if (this.#used + length > BUFFER_BYTES) this.flush();
    if (length > BUFFER_BYTES) {
      writeSync(this.#fd, bytes, at, length);
      this.#written += length;
      return;
    }
    bytes.copy(this.#buffer, this.#used, at, at + length);
    this.#used += length;
  }

  flush(): void {
    writeSync(this.#fd, this.#buffer, 0, this.#used);
    this.#written += this.#used;
    this.#used = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.#fd);
  }
}
