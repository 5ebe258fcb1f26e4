// What the Go linker writes into each program: the version of Go, the main module, and all modules that went in.
// Source: Go's own documentation of debug/buildinfo and runtime/debug.BuildInfo, and the layout that the linker writes: a magic text
// at an address that 16 divides, a byte with the size of pointers, a byte of flags; then two strings, stored inline (Go 1.18 and
// later) or behind pointers. Hostile input: lengths, counts and addresses are checked.
import { latin1, utf8 } from "../kit/text.ts";
import { bytesAt, type Executable, type Stretch } from "./executable.ts";

/** A module as it went into a program. */
export interface GoModule {
  readonly path: string;
  /** `v1.2.3`, a pseudo-version, `(devel)`, or empty. */
  readonly version: string;
  /** What stands in its place; its version is empty when that is a folder. */
  readonly replacedBy: { readonly path: string; readonly version: string } | null;
}

export interface GoBuildInfo {
  /** `go1.22.1`, or what a changed toolchain calls itself. */
  readonly goVersion: string;
  /** null for programs built without modules. */
  readonly main: GoModule | null;
  readonly dependencies: readonly GoModule[];
  /** Flags and version control: `-ldflags`, `vcs.revision`, `CGO_ENABLED`. */
  readonly settings: ReadonlyMap<string, string>;
}

const MAGIC = Uint8Array.from([0xff, ...[..." Go buildinf:"].map((c) => c.charCodeAt(0))]);
const HEADER_BYTES = 32;
const ALIGNMENT = 16;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;
const VERSION_BYTES_MAX = 1_000;
const MODULES_BYTES_MAX = 16 << 20;
const MODULES_MAX = 50_000;
const SETTINGS_MAX = 1_000;
/** Some linkers put all sections into one; real data segments of programs have a few megabytes. */
const SEARCHED_BYTES_MAX = 64 << 20;

/**
 * Finds and reads the build information. Looks at one named section, or through the writable data; never at the whole file.
 *
 * @returns null when there is none; a text that says what is wrong when it is there and cannot be read.
 */
export function readGoBuildInfo(executable: Executable): GoBuildInfo | string | null {
  const header = findHeader(executable);
  if (header === null) return null;
  const strings = stringsBehind(executable, header);
  if (strings === null) return "the build information is cut, or points outside of the file";
  return parsed(strings.version, strings.modules);
}

/** The offset of the header in the file. */
function findHeader(executable: Executable): number | null {
  const { bytes } = executable;
  const section = executable.section(".go.buildinfo") ?? executable.section("__go_buildinfo");
  if (section !== null) {
    const start = section.byteOffset - bytes.byteOffset;
    const found = searched(bytes, { offset: start, sizeBytes: section.length, address: start });
    if (found !== null) return found;
  }
  for (const stretch of executable.writable) {
    const found = searched(bytes, stretch);
    if (found !== null) return found;
  }
  return null;
}

/** The header stands where 16 divides the address, so that few places have to be looked at. */
function searched(bytes: Uint8Array, stretch: Stretch): number | null {
  const size = Math.min(stretch.sizeBytes, SEARCHED_BYTES_MAX, bytes.length - stretch.offset);
  const skip = (ALIGNMENT - (stretch.address % ALIGNMENT)) % ALIGNMENT;
  const end = stretch.offset + size - HEADER_BYTES;
  for (let at = stretch.offset + skip; at <= end; at += ALIGNMENT) {
    if (bytes[at] === 0xff && isMagicAt(bytes, at)) return at;
  }
  return null;
}

function isMagicAt(bytes: Uint8Array, at: number): boolean {
  return MAGIC.every((byte, i) => bytes[at + i] === byte);
}

interface Strings {
  readonly version: Uint8Array;
  readonly modules: Uint8Array;
}

function stringsBehind(executable: Executable, header: number): Strings | null {
  const { bytes } = executable;
  const flags = bytes[header + 15] ?? 0;
  if ((flags & FLAG_INLINE) !== 0) return inlineStrings(bytes, header + HEADER_BYTES);
  const pointers = { size: bytes[header + 14] ?? 0, isBig: (flags & FLAG_BIG_ENDIAN) !== 0 };
  if (pointers.size !== 4 && pointers.size !== 8) return null;
  const head = bytes.subarray(header, header + HEADER_BYTES);
  const version = pointedString(executable, pointer(head, 16, pointers), pointers);
  const modules = pointedString(executable, pointer(head, 16 + pointers.size, pointers), pointers);
  return version === null ? null : { version, modules: modules ?? new Uint8Array(0) };
}

function inlineStrings(bytes: Uint8Array, at: number): Strings | null {
  const version = inlineString(bytes, at, VERSION_BYTES_MAX);
  if (version === null) return null;
  const modules = inlineString(bytes, version.end, MODULES_BYTES_MAX);
  return modules === null ? null : { version: version.text, modules: modules.text };
}

/** A length of seven bits a byte, the lowest first, and so many bytes. */
function inlineString(
  bytes: Uint8Array,
  at: number,
  limit: number,
): { text: Uint8Array; end: number } | null {
  let length = 0;
  for (let i = 0; i < 5; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) {
      const start = at + i + 1;
      const end = start + length;
      return length > limit || end > bytes.length
        ? null
        : { text: bytes.subarray(start, end), end };
    }
  }
  return null;
}

interface Pointers {
  readonly size: number;
  readonly isBig: boolean;
}

function pointer(bytes: Uint8Array, at: number, { size, isBig }: Pointers): number {
  let value = 0;
  for (let i = 0; i < size; i += 1)
    value = value * 256 + (bytes[isBig ? at + i : at + size - 1 - i] ?? 0);
  return value;
}

/** A Go string: a pointer to its bytes and their number. */
function pointedString(
  executable: Executable,
  address: number,
  pointers: Pointers,
): Uint8Array | null {
  const head = bytesAt(executable, address, 2 * pointers.size);
  if (head === null) return null;
  const length = pointer(head, pointers.size, pointers);
  if (length > MODULES_BYTES_MAX) return null;
  return bytesAt(executable, pointer(head, 0, pointers), length);
}

const SENTINEL_BYTES = 16;

function parsed(version: Uint8Array, modules: Uint8Array): GoBuildInfo {
  // The linker fences the text with 16 bytes at each end, so that it can be found without any table.
  const isFenced =
    modules.length >= 2 * SENTINEL_BYTES + 1 && modules.at(-SENTINEL_BYTES - 1) === 0x0a;
  const text = isFenced ? utf8(modules.subarray(SENTINEL_BYTES, -SENTINEL_BYTES)) : "";
  const reading = new ModuleLines();
  for (const line of text.split("\n")) reading.line(line);
  return {
    goVersion: latin1(version.subarray(0, VERSION_BYTES_MAX)),
    main: reading.main,
    dependencies: reading.dependencies,
    settings: reading.settings,
  };
}

/** `path`, `mod`, `dep`, `=>` and `build` lines, apart by tabs. A `=>` belongs to the module before it. */
class ModuleLines {
  main: GoModule | null = null;
  readonly dependencies: GoModule[] = [];
  readonly settings = new Map<string, string>();
  #last: "main" | "dependency" | null = null;

  line(line: string): void {
    const [key, path = "", version = ""] = line.split("\t", 4);
    if (key === "mod") {
      this.main = { path, version, replacedBy: null };
      this.#last = "main";
    } else if (key === "dep" && this.dependencies.length < MODULES_MAX) {
      this.dependencies.push({ path, version, replacedBy: null });
      this.#last = "dependency";
    } else if (key === "=>") this.#replace({ path, version });
    else if (key === "build" && this.settings.size < SETTINGS_MAX) this.#setting(path);
  }

  #replace(replacedBy: { path: string; version: string }): void {
    if (this.#last === "main" && this.main !== null) this.main = { ...this.main, replacedBy };
    const dependency = this.#last === "dependency" ? this.dependencies.pop() : undefined;
    if (dependency !== undefined) this.dependencies.push({ ...dependency, replacedBy });
  }

  /** `key=value`, either in quotes where it has blanks or quotes. */
  #setting(text: string): void {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(text);
    const key = quoted?.[1] ?? text.split("=", 1)[0] ?? "";
    const rest = text.slice((quoted?.[0] ?? key).length + 1);
    this.settings.set(key, unquoted(rest));
  }
}

/** Go quotes like C; of the escapes only those of blanks matter, the others lose their backslash. */
function unquoted(value: string): string {
  const mark = value[0];
  if (value.length < 2 || (mark !== '"' && mark !== "`") || !value.endsWith(mark)) return value;
  const inner = value.slice(1, -1);
  return mark === "`" ? inner : inner.replace(/\\[tnr]/g, " ").replace(/\\(.)/g, "$1");
}
