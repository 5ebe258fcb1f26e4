// What was written in a container: the writable layer of an overlay, or, where nothing tells that apart, everything.
// @see https://docs.kernel.org/filesystems/overlayfs.html, "whiteouts and opaque directories"
import { type BigIntStats, closeSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { baseName } from "../../kit/path.ts";
import type { FilePlace, WrittenEntry } from "../../model/drift.ts";
import { codeOf } from "../error-code.ts";
import { nameIn, openFolder, openPlain } from "./open-inside.ts";
import type { FileReader, ReadFile } from "./read-file.ts";

/** A folder to be walked. */
export interface WrittenPlace {
  /** Whose names are walked: the writable layer, or a whole file system. An opened folder, which stays open. */
  readonly names: number;
  /**
   * Through which content is read: the overlay as it is mounted, because a layer may hold less than a file (`metacopy`), and because
   * only there it is seen what an opaque folder hides. null when only the layer can be had.
   */
  readonly whole: number | null;
  /** Where it lies in the container, without leading slash; "" for the root. */
  readonly at: string;
  readonly place: FilePlace;
  /** Read programs, libraries and executable scripts alone, and tell nothing of folders, links and what was taken away. */
  readonly programsOnly: boolean;
  /** Folders that are not of this place: other mounts. */
  readonly skip: ReadonlySet<string>;
  /** After so many names no more are looked at. */
  readonly namesMax: number;
}

/** Where what is found goes. */
export interface WrittenSink {
  entry(entry: WrittenEntry): void;
  /** Something could not be looked at. */
  miss(path: string, why: string): void;
}

/** As deep as folders may nest; each level holds a folder or two open. */
const DEPTH_MAX = 400;

/** @throws the signal's reason, through the reader. */
export async function walkWritten(
  place: WrittenPlace,
  reader: FileReader,
  sink: WrittenSink,
): Promise<void> {
  await new WrittenWalk(place, reader, sink).folder(
    { names: place.names, whole: place.whole, path: place.at },
    0,
  );
}

/** A folder that is open, by itself and in the whole. */
interface OpenFolder {
  readonly names: number;
  readonly whole: number | null;
  readonly path: string;
}

interface Named {
  readonly name: Buffer;
  readonly path: string;
  readonly stats: BigIntStats;
}

class WrittenWalk {
  readonly #place: WrittenPlace;
  readonly #reader: FileReader;
  readonly #sink: WrittenSink;
  #seen = 0;

  constructor(place: WrittenPlace, reader: FileReader, sink: WrittenSink) {
    this.#place = place;
    this.#reader = reader;
    this.#sink = sink;
  }

  async folder(folder: OpenFolder, depth: number): Promise<void> {
    const { namesMax, at } = this.#place;
    const names = this.#namesIn(folder.names, folder.path);
    if (names === null) return;
    if (!this.#place.programsOnly) this.#tellFolder(folder);
    for (const name of names) {
      this.#seen += 1;
      if (this.#seen === namesMax + 1)
        this.#sink.miss(at, `it holds more than ${namesMax} names, and no more were looked at`);
      if (this.#seen > namesMax) return;
      const named = this.#look(folder, name);
      if (named !== null) await this.#entry(folder, named, depth);
    }
  }

  #tellFolder({ whole, path }: OpenFolder): void {
    const seen = whole === null ? null : this.#namesIn(whole, path);
    this.#sink.entry({ kind: "folder", path, names: seen?.map(String) ?? null });
  }

  #namesIn(fd: number, path: string): Buffer[] | null {
    try {
      return readdirSync(`/proc/self/fd/${fd}`, { encoding: "buffer" });
    } catch (error) {
      this.#failed(path, error);
      return null;
    }
  }

  #look({ names, path }: OpenFolder, name: Buffer): Named | null {
    const own = path === "" ? String(name) : `${path}/${String(name)}`;
    if (this.#place.skip.has(own)) return null;
    try {
      return { name, path: own, stats: lstatSync(nameIn(names, name), { bigint: true }) };
    } catch (error) {
      this.#failed(own, error);
      return null;
    }
  }

  async #entry(folder: OpenFolder, named: Named, depth: number): Promise<void> {
    const { stats, path } = named;
    if (stats.isDirectory()) return this.#into(folder, named, depth);
    if (stats.isFile()) return this.#file(folder, named);
    if (this.#place.programsOnly) return;
    // A whiteout is a device of number 0:0.
    if (stats.isCharacterDevice() && stats.rdev === 0n) this.#sink.entry({ kind: "removed", path });
    else if (stats.isSymbolicLink()) this.#link(folder, named);
  }

  #link({ names }: OpenFolder, { name, path }: Named): void {
    try {
      this.#sink.entry({ kind: "link", path, target: readlinkSync(nameIn(names, name), "utf8") });
    } catch (error) {
      this.#failed(path, error);
    }
  }

  async #into(folder: OpenFolder, { name, path }: Named, depth: number): Promise<void> {
    if (depth >= DEPTH_MAX) {
      this.#sink.miss(path, `folders nest deeper than ${DEPTH_MAX}`);
      return;
    }
    let names: number | null = null;
    let whole: number | null = null;
    try {
      names = openFolder(nameIn(folder.names, name));
      if (folder.whole !== null)
        whole =
          folder.whole === folder.names
            ? names
            : opened(() => openFolder(nameIn(folder.whole ?? 0, name)));
      await this.folder({ names, whole, path }, depth + 1);
    } catch (error) {
      this.#failed(path, error);
    } finally {
      if (whole !== null && whole !== names) closeSync(whole);
      if (names !== null) closeSync(names);
    }
  }

  async #file(folder: OpenFolder, { name, path, stats }: Named): Promise<void> {
    // With `metacopy` a layer may hold a file's mode and nothing of its content.
    if (folder.whole === null && stats.blocks === 0n && stats.size > 0n) {
      this.#sink.miss(path, "the writable layer does not hold its content");
      return;
    }
    let fd: number | null = null;
    try {
      const { whole } = folder;
      fd =
        (whole === null ? null : opened(() => openPlain(nameIn(whole, name)))) ??
        openPlain(nameIn(folder.names, name));
      const { place, programsOnly } = this.#place;
      const wants = programsOnly ? isRunnable : undefined;
      const { sha256, unread, ...file } = await this.#reader.read(fd, baseName(path), wants);
      if (unread !== null) this.#sink.miss(path, unread);
      else if (sha256 !== null)
        this.#sink.entry({ kind: "file", file: { path, place, sha256, ...file, isGone: false } });
    } catch (error) {
      this.#failed(path, error);
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  /** What has gone since it was listed was scratch. */
  #failed(path: string, error: unknown): void {
    const code = codeOf(error);
    if (code === "") throw error;
    if (code !== "ENOENT") this.#sink.miss(path, WHYS[code] ?? code);
  }
}

function isRunnable({ content, mode }: Pick<ReadFile, "content" | "mode">): boolean {
  return content === "script" ? (mode & 0o111) !== 0 : content !== "other";
}

function opened(open: () => number): number | null {
  try {
    return open();
  } catch {
    return null;
  }
}

/** What the system says, for people. */
export const WHYS: Readonly<Record<string, string>> = {
  EACCES: "only root may, run it as root",
  EPERM: "only root may, run it as root",
  ELOOP: "it was a link when it was opened",
  ENOTDIR: "it was no folder any more when it was opened",
};
