// Folders of this machine, looked at as a layer would be: a row for every file, and evidence to the visitor.
// Calls to the file system are synchronous: for many small files that is several times as fast as promises are.
import {
  closeSync,
  constants,
  type Dirent,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  type Stats,
  statfsSync,
  statSync,
} from "node:fs";
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { AppError, reasonOf } from "../../kit/error.ts";
import { glob } from "../../kit/glob.ts";
import type { FileKind, FileTable } from "../../model/file-table.ts";
import { FileTableBuilder } from "../../model/file-table.ts";
import type { Problem } from "../../model/problem.ts";
import type { ExactPlaces } from "../../stages/catalog/contract.ts";
import { codeOf } from "../error-code.ts";
import type { LayerVisitor } from "../layers/walk.ts";
import { openError } from "../open-error.ts";
import { FileReader } from "./file-reader.ts";
import { TreeLinks } from "./tree-links.ts";
import { TreeProblems } from "./tree-problems.ts";

export interface WalkOptions {
  readonly signal: AbortSignal;
  /** Whether every regular file is read for its digest, or only evidence is read. */
  readonly hash: boolean;
  /** Evidence that is asked for where it stands; without it, nothing is looked for behind links of folders. */
  readonly exact?: ExactPlaces;
  /** Globs of paths relative to the root; what they match is left out, folders with all below them. */
  readonly excludes?: readonly string[];
}

/** A folder after one pass. */
export interface WalkedTree {
  /** Folders before what lies in them. Digests are zeros unless they were asked for. */
  readonly files: FileTable;
  readonly problems: readonly Problem[];
}

const ENTRIES_MAX = 4_000_000;
const DEPTH_MAX = 200;
/** Signals and timers of the process get their turn after this many entries, or this many bytes. */
const TURN_ENTRIES = 2000;
const TURN_BYTES = 64 << 20;

/**
 * Walks a folder once.
 *
 * Links are never followed on the way down; a link that bears the name of evidence is read if it leads to a file inside the
 * folder, and so is what is asked for below a link of a folder. What a version control system keeps for itself (but for its
 * settings, for who reads everything), and what the kernel shows as files (`/proc`), is left out. Pipes, sockets and devices are never opened.
 *
 * @throws {AppError} `not-found`, `unreadable` for the folder itself, `limit-exceeded` past four million entries.
 * @throws the signal's reason.
 */
export async function walkTree(
  root: string,
  visitor: LayerVisitor,
  options: WalkOptions,
): Promise<WalkedTree> {
  const real = await realpath(resolve(root)).catch((error: unknown) => {
    throw openError("folder", root, error);
  });
  const stats = statSync(real);
  if (!stats.isDirectory()) {
    throw new AppError("unreadable", `cannot open folder ${JSON.stringify(root)}: it is a file`, {
      subject: root,
    });
  }
  const walker = new TreeWalker(real, { root, visitor, options });
  return walker.walk(stats);
}

interface Asked {
  /** As the user wrote it. */
  readonly root: string;
  readonly visitor: LayerVisitor;
  readonly options: WalkOptions;
}

interface Folder {
  /** Relative to the root; empty for the root. */
  readonly path: string;
  readonly depth: number;
  readonly device: number;
}

class TreeWalker {
  readonly #real: string;
  readonly #asked: Asked;
  readonly #files = new FileTableBuilder();
  readonly #problems = new TreeProblems();
  readonly #links: TreeLinks;
  readonly #reader: FileReader;
  readonly #isExcluded: (path: string) => boolean;

  constructor(real: string, asked: Asked) {
    this.#real = real;
    this.#asked = asked;
    this.#links = new TreeLinks(real);
    this.#reader = new FileReader(asked.visitor, asked.options.hash);
    const globs = (asked.options.excludes ?? []).map(glob);
    this.#isExcluded = globs.length === 0 ? () => false : (path) => globs.some((g) => g(path));
  }

  async walk(stats: Stats): Promise<WalkedTree> {
    // A stack, not recursion: depth is the stranger's choice. The children of a folder are put on it in reverse.
    const stack: Folder[] = [{ path: "", depth: 0, device: stats.dev }];
    let turnAt = TURN_ENTRIES;
    for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
      const below = this.#folder(folder);
      for (let i = below.length - 1; i >= 0; i -= 1) {
        const next = below[i];
        if (next !== undefined) stack.push(next);
      }
      if (this.#files.count < turnAt && this.#reader.bytesRead < TURN_BYTES) continue;
      turnAt = this.#files.count + TURN_ENTRIES;
      this.#reader.bytesRead = 0;
      await nextTurn();
      this.#asked.options.signal.throwIfAborted();
    }
    this.#readLinked();
    return { files: this.#files.build(), problems: this.#problems.all() };
  }

  #folder(folder: Folder): Folder[] {
    const entries = this.#entriesOf(folder);
    if (entries === null) return [];
    if (isForeign(folder, entries)) {
      if (this.#asked.visitor.contents !== undefined) this.#storeSettings(folder, entries);
      return [];
    }
    const below: Folder[] = [];
    for (const entry of entries) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (this.#isExcluded(path)) continue;
      const found = this.#entry(path, folder, entry);
      if (found !== null) below.push(found);
    }
    return below;
  }

  /** Of a version control's store its settings only, for who reads everything: addresses with passwords stand there. */
  #storeSettings(folder: Folder, entries: readonly Dirent[]): void {
    for (const entry of entries)
      if (STORE_SETTINGS.has(entry.name))
        this.#entry(`${folder.path}/${entry.name}`, folder, entry);
  }

  #entriesOf({ path }: Folder): Dirent[] | null {
    try {
      return readdirSync(this.#place(path), { withFileTypes: true });
    } catch (error) {
      if (path === "") throw openError("folder", this.#asked.root, error);
      if (isGone(error)) return null;
      this.#problems.add(path, `cannot read folder: ${stateOf(error)}`);
      return null;
    }
  }

  /** Notes an entry; returns it when it is a folder to be walked. */
  #entry(path: string, within: Folder, entry: Dirent): Folder | null {
    if (this.#files.count >= ENTRIES_MAX) {
      throw new AppError(
        "limit-exceeded",
        `cannot read folder ${JSON.stringify(this.#asked.root)}: more than ${ENTRIES_MAX} entries`,
        { hint: "scan a smaller folder, or leave parts of it out", subject: this.#asked.root },
      );
    }
    const kind = kindOf(entry);
    if (kind === null) return null;
    // Node replaces what is no UTF-8, and so cannot open it again.
    if (entry.name.includes("\uFFFD")) {
      this.#problems.add(path, "its name is not UTF-8 and it was left out");
      return null;
    }
    if (kind === "directory") return this.#folderEntry(path, within);
    if (kind === "symlink") this.#linkEntry(path);
    else if (kind === "file") this.#fileEntry(path);
    else this.#row(path, kind, this.#statOf(path));
    return null;
  }

  #folderEntry(path: string, within: Folder): Folder | null {
    const stats = this.#statOf(path);
    if (stats === null) return null;
    this.#row(path, "directory", stats);
    if (stats.dev !== within.device && isOfKernel(this.#place(path))) return null;
    if (within.depth + 1 < DEPTH_MAX) return { path, depth: within.depth + 1, device: stats.dev };
    this.#problems.add(path, `it lies more than ${DEPTH_MAX} folders deep and was left out`);
    return null;
  }

  #linkEntry(path: string): void {
    try {
      const target = readlinkSync(this.#place(path));
      this.#files.add({ path, kind: "symlink", mode: 0o777, sizeBytes: 0, link: target });
      this.#links.add(path, target);
    } catch (error) {
      if (!isGone(error)) this.#problems.add(path, `cannot read link: ${stateOf(error)}`);
    }
  }

  #fileEntry(path: string): void {
    const interest = this.#asked.visitor.interest(path);
    const stats = this.#statOf(path);
    if (stats?.isFile() !== true) return;
    const row = this.#row(path, "file", stats);
    this.#links.addFile(path);
    if (!this.#reader.wants(interest, stats.size)) return;
    const { visitor, options } = this.#asked;
    const isWanted = interest === "always" || options.hash || visitor.contents !== undefined;
    const file = this.#opened(path, stats, isWanted);
    if (file === null) return;
    try {
      const digest = this.#reader.read(file, { path, interest, sizeBytes: stats.size });
      if (digest !== null) this.#files.setDigest(row, digest);
    } catch (error) {
      this.#problems.add(path, `cannot read file: ${stateOf(error)}`);
    } finally {
      closeSync(file);
    }
  }

  /** Without following a link, and without waiting for a pipe that somebody has put there meanwhile. */
  #opened(path: string, stats: Stats, isWanted: boolean): number | null {
    try {
      return openSync(this.#place(path), OPEN_FLAGS);
    } catch (error) {
      // A file that may not be read and cannot be a program either hides no package: /etc/shadow must not spoil a scan.
      const isProgram = (stats.mode & 0o111) !== 0 || /\.(so|node)(\.|$)/.test(path);
      if (!isGone(error) && (isWanted || isProgram))
        this.#problems.add(path, `cannot read file: ${stateOf(error)}`);
      return null;
    }
  }

  #statOf(path: string): Stats | null {
    try {
      return lstatSync(this.#place(path));
    } catch (error) {
      if (!isGone(error)) this.#problems.add(path, `cannot look at it: ${stateOf(error)}`);
      return null;
    }
  }

  #row(path: string, kind: FileKind, stats: Stats | null): number {
    const sizeBytes = kind === "file" ? (stats?.size ?? 0) : 0;
    return this.#files.add({ path, kind, mode: (stats?.mode ?? 0) & 0o7777, sizeBytes, link: "" });
  }

  /** Evidence under names that are links: read once more, under the link's name. */
  #readLinked(): void {
    const { visitor, options } = this.#asked;
    const isWanted = (path: string): boolean => visitor.interest(path) === "always";
    for (const { path, target } of this.#links.evidence(isWanted, options.exact ?? NOWHERE)) {
      if (target === null) {
        this.#problems.add(path, "it is a link that leads outside the folder and was not followed");
        continue;
      }
      const stats = this.#statOf(target);
      const file = stats?.isFile() === true ? this.#opened(target, stats, true) : null;
      if (stats === null || file === null) continue;
      try {
        this.#reader.offer(file, { path, interest: "always", sizeBytes: stats.size });
      } catch (error) {
        this.#problems.add(path, `cannot read file: ${stateOf(error)}`);
      } finally {
        closeSync(file);
      }
    }
  }

  #place(path: string): string {
    return path === "" ? this.#real : `${this.#real === "/" ? "" : this.#real}/${path}`;
  }
}

const NOWHERE: ExactPlaces = { paths: new Set(), folders: new Set() };

const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** null for what has no place in a file index: sockets, and what cannot be told. */
function kindOf(entry: Dirent): FileKind | null {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "symlink";
  if (entry.isFIFO()) return "fifo";
  if (entry.isCharacterDevice()) return "character";
  return entry.isBlockDevice() ? "block" : null;
}

/** A repository's own store: history, not what is there. Told by what lies in it, for anybody may name a folder `.git`. */
function isForeign({ path }: Folder, entries: readonly Dirent[]): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const marks = STORES.get(name);
  return marks?.every((mark) => entries.some((entry) => entry.name === mark)) === true;
}

const STORES: ReadonlyMap<string, readonly string[]> = new Map([
  [".git", ["HEAD", "objects"]],
  [".hg", ["store"]],
  [".svn", ["wc.db"]],
]);

/** @see git-config(1), hgrc(5) */
const STORE_SETTINGS: ReadonlySet<string> = new Set(["config", "hgrc"]);

/** File systems that hold no files of anybody but views of the kernel. @see statfs(2) */
const KERNEL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0xcafe4a11, // bpf
  0x73636673, // securityfs
  0x6165676c, // pstore
  0xde5e81e4, // efivarfs
  0x19800202, // mqueue
  0x42494e4d, // binfmt_misc
  0x62656570, // configfs
]);

function isOfKernel(place: string): boolean {
  try {
    return KERNEL_FILE_SYSTEMS.has(statfsSync(place).type);
  } catch {
    return false;
  }
}

/** Between listing and opening, files come and go. A link in a file's place is somebody's trick; it is not followed. */
function isGone(error: unknown): boolean {
  return ["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(codeOf(error));
}

function stateOf(error: unknown): string {
  const code = codeOf(error);
  return code === "EACCES" || code === "EPERM" ? "permission denied" : code || reasonOf(error);
}
