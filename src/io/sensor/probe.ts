// How the kernel knows a file: stat(2) says other numbers for it on some file systems, and nothing of who may be writing.
import { createRequire } from "node:module";
import { AppError } from "../../kit/error.ts";
import type { AllowedFile } from "../../model/watching.ts";
import { demandHost } from "./demand-host.ts";
import { type Libbpf, openLibbpf } from "./libbpf.ts";
import { loadObject, SETTINGS_BYTES, SETTINGS_SELF, SHOWN_TO } from "./object.ts";

/** A file as it is now. */
export interface KernelFile extends Omit<AllowedFile, "path"> {
  /** Somebody has it open for writing, or mapped so. */
  readonly isWritten: boolean;
  /** What is written to a mapping of it changes no time. */
  readonly isInMemory: boolean;
}

const RING_BYTES = 4096;
/** `struct file_state` of sensor/write.h. */
const STATE_BYTES = 40;

/** Shows open files to the kernel, which says how it knows them. */
export class Probe {
  readonly #lib: Libbpf;
  readonly #object: unknown;
  readonly #link: unknown;
  readonly #looked: number;
  readonly #readahead: (fd: number, offset: number, count: number) => number;

  /** @throws {AppError} `sensor-unavailable`, as opening the sensor does. */
  constructor(library?: string) {
    const lib = openLibbpf(library);
    demandHost();
    const object = loadObject(lib, RING_BYTES, SHOWN_TO);
    this.#lib = lib;
    this.#object = object;
    const map = (name: string): number => lib.mapDescriptor(lib.findMap(object, name));
    const settings = Buffer.alloc(SETTINGS_BYTES);
    settings.writeUInt32LE(process.pid, SETTINGS_SELF);
    lib.updateElement(map("settings"), Buffer.alloc(4), settings, 0);
    this.#looked = map("looked");
    this.#link = lib.attach(lib.findProgram(object, SHOWN_TO));
    if (this.#link === null) {
      throw new AppError(
        "sensor-unavailable",
        "this kernel cannot be asked about files (no readahead)",
      );
    }
    const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
    this.#readahead = koffi
      .load("libc.so.6")
      .func("int64 readahead(int fd, int64 offset, size_t count)");
  }

  /** @returns null when the kernel did not say. */
  look(fd: number): KernelFile | null {
    const key = Buffer.alloc(4);
    const state = Buffer.alloc(STATE_BYTES);
    this.#lib.updateElement(this.#looked, key, state, 0);
    this.#readahead(fd, 0, 0);
    if (this.#lib.lookupElement(this.#looked, key, state) !== 0) return null;
    const device = Number(state.readBigUInt64LE(8));
    if (device === 0) return null;
    return {
      inode: state.readBigUInt64LE(0),
      device,
      changedAt: state.readBigUInt64LE(16),
      sizeBytes: state.readBigUInt64LE(24),
      isWritten: state.readUInt32LE(32) > 0,
      isInMemory: state.readUInt32LE(36) > 0,
    };
  }

  close(): void {
    this.#lib.destroyLink(this.#link);
    this.#lib.closeObject(this.#object);
  }
}
