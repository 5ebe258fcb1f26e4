// The only door to libbpf and to the few calls of the C library that it needs.
import { createRequire } from "node:module";
import type { LibraryHandle } from "koffi";
import { AppError } from "../../kit/error.ts";

/** The functions that are called, by name; pointers are opaque. */
export interface Libbpf {
  readonly openObject: (file: string) => unknown;
  readonly loadObject: (object: unknown) => number;
  readonly closeObject: (object: unknown) => void;
  readonly findProgram: (object: unknown, name: string) => unknown;
  readonly setAutoload: (program: unknown, load: boolean) => number;
  readonly attach: (program: unknown) => unknown;
  readonly destroyLink: (link: unknown) => number;
  readonly findMap: (object: unknown, name: string) => unknown;
  readonly setMapSize: (map: unknown, entries: number) => number;
  readonly mapDescriptor: (map: unknown) => number;
  readonly updateElement: (fd: number, key: Buffer, value: Buffer, flags: number) => number;
  readonly deleteElement: (fd: number, key: Buffer) => number;
  readonly lookupElement: (fd: number, key: Buffer, value: Buffer) => number;
  /** The key after one, or the first; not 0 after the last. */
  readonly nextKey: (fd: number, key: Buffer | null, next: Buffer) => number;
  readonly possibleProcessors: () => number;
  /** Bytes of a page: 4, 16 or 64 KiB, by the machine and its kernel. */
  readonly pageBytes: () => number;
  /** Maps `length` bytes of a descriptor; null when the kernel refuses. `isWritable` for what we may change. */
  readonly map: (
    fd: number,
    offset: number,
    length: number,
    isWritable: boolean,
  ) => ArrayBuffer | null;
  readonly unmapAll: () => void;
  /** Waits until the descriptor has something, at most so long. */
  readonly poll: (fd: number, milliseconds: number) => void;
  /** Nanoseconds since the machine started, time asleep included. */
  readonly sinceBoot: () => number;
  /** The error number of the last call that failed. */
  readonly errno: () => number;
}

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const POLLIN = 1;
const CLOCK_BOOTTIME = 7;

/**
 * Opens libbpf 1.
 *
 * @param library Its name for the dynamic linker.
 * @throws {AppError} `sensor-unavailable` where it is not installed, or this is no Linux on a machine that we have a program for.
 */
export function openLibbpf(library = "libbpf.so.1"): Libbpf {
  if (process.platform !== "linux") {
    throw new AppError("sensor-unavailable", "the sensor runs on Linux only", {
      hint: "run it on the host that runs the containers; `bulwark replay FILE` works everywhere",
    });
  }
  const koffi = createRequire(import.meta.url)("koffi") as typeof import("koffi");
  let lib: LibraryHandle;
  try {
    lib = koffi.load(library);
  } catch (thrown) {
    throw new AppError("sensor-unavailable", `no ${library}: the sensor is loaded by libbpf 1`, {
      cause: thrown,
      hint: "install it: `apt install libbpf1`, `dnf install libbpf`, `apk add libbpf`",
    });
  }
  // What this program is linked with: the C library has another name on each system.
  const libc = koffi.load(null);
  // Without a printer of its own libbpf writes to stderr, between the lines of whoever watches.
  lib.func("void *libbpf_set_print(void *printer)")(null);
  // biome-ignore lint/suspicious/noExplicitAny: what a declaration in C says is checked by nobody but the test
  const bpf = (declaration: string): any => lib.func(declaration);
  const mapped: { address: unknown; length: number }[] = [];
  const mmap = libc.func(
    "void *mmap(void *address, size_t length, int protection, int flags, int fd, int64 offset)",
  );
  const munmap = libc.func("int munmap(void *address, size_t length)");
  const pollCall = libc.func("int poll(void *descriptors, unsigned long count, int timeout)");
  const clock = libc.func("int clock_gettime(int clock, void *time)");
  const waited = Buffer.alloc(8);
  const time = Buffer.alloc(16);
  return {
    openObject: bpf("void *bpf_object__open(const char *path)"),
    loadObject: bpf("int bpf_object__load(void *object)"),
    closeObject: bpf("void bpf_object__close(void *object)"),
    findProgram: bpf("void *bpf_object__find_program_by_name(void *object, const char *name)"),
    setAutoload: bpf("int bpf_program__set_autoload(void *program, bool load)"),
    attach: bpf("void *bpf_program__attach(void *program)"),
    destroyLink: bpf("int bpf_link__destroy(void *link)"),
    findMap: bpf("void *bpf_object__find_map_by_name(void *object, const char *name)"),
    setMapSize: bpf("int bpf_map__set_max_entries(void *map, uint32_t entries)"),
    mapDescriptor: bpf("int bpf_map__fd(void *map)"),
    updateElement: bpf("int bpf_map_update_elem(int fd, void *key, void *value, uint64_t flags)"),
    deleteElement: bpf("int bpf_map_delete_elem(int fd, void *key)"),
    lookupElement: bpf("int bpf_map_lookup_elem(int fd, void *key, void *value)"),
    nextKey: bpf("int bpf_map_get_next_key(int fd, void *key, void *next)"),
    possibleProcessors: bpf("int libbpf_num_possible_cpus()"),
    pageBytes: libc.func("int getpagesize()"),
    map: (fd, offset, length, isWritable) => {
      const address: unknown = mmap(
        null,
        length,
        isWritable ? PROT_READ | PROT_WRITE : PROT_READ,
        MAP_SHARED,
        fd,
        offset,
      );
      if (koffi.address(address) === 0xffffffffffffffffn) return null;
      mapped.push({ address, length });
      return koffi.view(address, length);
    },
    unmapAll: () => {
      for (const { address, length } of mapped.splice(0)) munmap(address, length);
    },
    poll: (fd, milliseconds) => {
      waited.writeInt32LE(fd, 0);
      waited.writeInt16LE(POLLIN, 4);
      pollCall(waited, 1, milliseconds);
    },
    sinceBoot: () => {
      clock(CLOCK_BOOTTIME, time);
      return Number(time.readBigInt64LE(0)) * 1e9 + Number(time.readBigInt64LE(8));
    },
    errno: () => koffi.errno(),
  };
}
