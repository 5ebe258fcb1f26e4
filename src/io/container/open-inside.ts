// Opens files of a container from outside. Whoever is inside may change links and folders while we look, so no path is given to
// the kernel as a whole: each name is opened in the folder that was opened before it, and links are followed by us, inside the
// container's root alone. `/proc/self/fd/N/NAME` is what openat(2) would be.
import { closeSync, constants, fstatSync, lstatSync, openSync, readlinkSync } from "node:fs";
import { codeOf } from "../error-code.ts";

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** As the kernel has it. */
const LINKS_MAX = 40;
const DEPTH_MAX = 1024;

/** A name in an opened folder; names that are no UTF-8 are given as bytes. */
export function nameIn(folder: number, name: string | Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`/proc/self/fd/${folder}/`),
    typeof name === "string" ? Buffer.from(name) : name,
  ]);
}

/** Opens a folder that is no link. @throws as `openSync`. */
export function openFolder(path: string | Buffer): number {
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** Opens what `/proc` shows of a process: such doors lead to the file itself, whatever name it has. @throws as `openSync`. */
export function openDoor(path: string): number {
  return openSync(path, O_RDONLY | O_NONBLOCK);
}

/**
 * Opens a file that is no link. Pipes do not hold us up.
 *
 * @throws as `openSync`.
 */
export function openPlain(path: string | Buffer): number {
  return openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
}

/** A file that was opened, and where it really lies. */
export interface OpenedInside {
  readonly fd: number;
  /** From the root, without leading slash. */
  readonly path: string;
}

/**
 * Opens a path inside a root, links followed inside it.
 *
 * @param root An opened folder.
 * @param path From the root; `..` stays inside.
 * @throws as `openSync`; `ELOOP` for too many links or folders, `ENODEV` for devices, pipes and sockets.
 */
export function openInside(root: number, path: string): OpenedInside {
  const walk = new Walk(root);
  try {
    return walk.to(path);
  } finally {
    walk.close();
  }
}

class Walk {
  readonly #root: number;
  /** The folders below the root that are open, with their names. */
  readonly #folders: { readonly fd: number; readonly name: string }[] = [];
  #links = 0;

  constructor(root: number) {
    this.#root = root;
  }

  to(path: string): OpenedInside {
    const left = partsOf(path).reverse();
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (name === "..") this.#up();
      else if (left.length === 0) {
        const opened = this.#last(name, left);
        if (opened !== null) return opened;
      } else this.#down(name, left);
    }
    // The path is a folder.
    return { fd: openFolder(`/proc/self/fd/${this.#here()}/.`), path: this.#path() };
  }

  close(): void {
    for (const { fd } of this.#folders.splice(0)) closeSync(fd);
  }

  #here(): number {
    return this.#folders.at(-1)?.fd ?? this.#root;
  }

  #path(name?: string): string {
    const names = this.#folders.map((folder) => folder.name);
    return [...names, ...(name === undefined ? [] : [name])].join("/");
  }

  #up(): void {
    const left = this.#folders.pop();
    if (left !== undefined) closeSync(left.fd);
  }

  #down(name: string, left: string[]): void {
    if (this.#folders.length > DEPTH_MAX) throw looping();
    const at = nameIn(this.#here(), name);
    try {
      this.#folders.push({ fd: openFolder(at), name });
    } catch (error) {
      if (!this.#follow(at, error, left)) throw error;
    }
  }

  #last(name: string, left: string[]): OpenedInside | null {
    const at = nameIn(this.#here(), name);
    try {
      refuseDevices(at);
      return { fd: openPlain(at), path: this.#path(name) };
    } catch (error) {
      if (!this.#follow(at, error, left)) throw error;
      return null;
    }
  }

  /** Whether what could not be opened is a link; then its target is what is left to go. */
  #follow(at: Buffer, error: unknown, left: string[]): boolean {
    const code = codeOf(error);
    if (code !== "ELOOP" && code !== "ENOTDIR") return false;
    const target = linkAt(at);
    if (target === null) return false;
    this.#links += 1;
    if (this.#links > LINKS_MAX) throw looping();
    if (target.startsWith("/")) this.close();
    left.push(...partsOf(target).reverse());
    return true;
  }
}

/** To open a device or a pipe is to do something with it. */
function refuseDevices(at: Buffer): void {
  const stats = lstatSync(at);
  if (stats.isFile() || stats.isDirectory() || stats.isSymbolicLink()) return;
  throw Object.assign(new Error("it is no file"), { code: "ENODEV" });
}

function partsOf(path: string): string[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}

function linkAt(at: Buffer): string | null {
  try {
    return readlinkSync(at, "utf8");
  } catch {
    return null;
  }
}

function looping(): Error {
  return Object.assign(new Error("its links go round in a circle"), { code: "ELOOP" });
}

/** Whether two opened files are one. */
export function isSameFile(a: number, b: number): boolean {
  const [one, other] = [fstatSync(a, { bigint: true }), fstatSync(b, { bigint: true })];
  return one.dev === other.dev && one.ino === other.ino;
}
