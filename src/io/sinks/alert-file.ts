// Alerts in a file that does not grow without bound: when it is full it becomes `NAME.1`, what was that `NAME.2`, and so on.
import { type FileHandle, open, rename } from "node:fs/promises";
import { falcoLine } from "../../formats/alerts/falco-alert.ts";
import type { Alert } from "../../model/alert.ts";
import { openError } from "../open-error.ts";
import type { Delivery } from "./queued-sink.ts";

export interface AlertFileBounds {
  readonly bytesMax: number;
  /** Older files that are kept. */
  readonly olderMax: number;
}

const BOUNDS: AlertFileBounds = { bytesMax: 64 << 20, olderMax: 4 };

/** Appends a line for each alert. Command lines may hold secrets, so the file is its owner's alone. */
export class AlertFile implements Delivery {
  readonly #path: string;
  readonly #bounds: AlertFileBounds;
  #file: FileHandle | null = null;
  #size = 0;

  constructor(path: string, bounds: AlertFileBounds = BOUNDS) {
    this.#path = path;
    this.#bounds = bounds;
  }

  async deliver(alert: Alert): Promise<void> {
    const line = Buffer.from(`${falcoLine(alert)}\n`);
    if (this.#file !== null && this.#size > 0 && this.#size + line.length > this.#bounds.bytesMax)
      await this.#rotate();
    const file = this.#file ?? (await this.#open());
    await file.appendFile(line);
    this.#size += line.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  async #open(): Promise<FileHandle> {
    try {
      const file = await open(this.#path, "a", 0o600);
      this.#file = file;
      this.#size = (await file.stat()).size;
      return file;
    } catch (error) {
      throw openError("file for alerts", this.#path, error);
    }
  }

  async #rotate(): Promise<void> {
    await this.close();
    const nameOf = (age: number): string => (age === 0 ? this.#path : `${this.#path}.${age}`);
    for (let age = this.#bounds.olderMax - 1; age >= 0; age -= 1)
      await rename(nameOf(age), nameOf(age + 1)).catch(() => undefined);
  }
}
