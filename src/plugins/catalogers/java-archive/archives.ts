// Walks through an archive and the archives in it, within bounds: depth, number, entries and inflated bytes.
import { parseJarManifest } from "../../../formats/jar-manifest.ts";
import {
  bytesAsSource,
  readZipDirectory,
  readZipEntry,
  type ZipEntry,
} from "../../../formats/zip.ts";
import { baseName } from "../../../kit/path.ts";
import { printable } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Reading, ReadingProblem } from "../../../stages/catalog/contract.ts";
import { type Coordinates, descriptorOf, packagesOf } from "./identity.ts";

const DEPTH_MAX = 6;
const ARCHIVES_MAX = 5_000;
const ENTRIES_MAX = 1_000_000;
const PACKAGES_MAX = 100_000;
const PROBLEMS_MAX = 20;
/** All that is inflated for one file, and for one archive in it. */
const INFLATED_BYTES_MAX = 768 << 20;
const NESTED_BYTES_MAX = 256 << 20;
/** Signed archives list each of their files in the manifest. */
const MANIFEST_BYTES_MAX = 32 << 20;
const DESCRIPTOR_BYTES_MAX = 64 << 10;
const DESCRIPTORS_MAX = 5_000;
const PATH_LENGTH_MAX = 1_000;

const MANIFEST = "META-INF/MANIFEST.MF";
const DESCRIPTORS = "META-INF/maven/";

/** The extensions of archives that may hold packages. */
export const ARCHIVE_EXTENSIONS: readonly string[] = [
  "jar",
  "war",
  "ear",
  "par",
  "sar",
  "rar",
  "jpi",
  "hpi",
  "kar",
  "nar",
  "lpkg",
];
const IS_ARCHIVE = new RegExp(`\\.(${ARCHIVE_EXTENSIONS.join("|")})$`, "i");

/** Reads an archive with all in it. Never throws. */
export function readArchive(bytes: Uint8Array, fileName: string): Reading {
  const walk = new Walk();
  walk.archive(bytes, { path: "", name: fileName, depth: 0 });
  return { packages: walk.packages, problems: walk.problems };
}

/** Where an archive lies. */
interface Place {
  /** Inside the file; `""` for the file itself. */
  readonly path: string;
  readonly name: string;
  readonly depth: number;
}

/** What matters in a list of entries. */
interface Contents {
  readonly manifest: ZipEntry | null;
  readonly properties: readonly ZipEntry[];
  /** Folders of `pom.xml`: `META-INF/maven/GROUP/ARTIFACT/`. */
  readonly folders: ReadonlySet<string>;
  readonly nested: readonly ZipEntry[];
  /** There are more descriptors than are read. */
  readonly isCut: boolean;
}

class Walk {
  readonly packages: FoundPackage[] = [];
  readonly problems: ReadingProblem[] = [];
  #archivesLeft = ARCHIVES_MAX;
  #entriesLeft = ENTRIES_MAX;
  #bytesLeft = INFLATED_BYTES_MAX;

  archive(bytes: Uint8Array, place: Place): void {
    this.#archivesLeft -= 1;
    const source = bytesAsSource(bytes);
    const { entries, fault } = readZipDirectory(source, this.#entriesLeft);
    this.#entriesLeft -= entries.length;
    if (fault !== null) this.#damaged(place.path, `cannot read the archive: ${fault}`);
    const contents = contentsOf(entries);
    if (contents.isCut)
      this.#problem(
        place.path,
        "file-too-large",
        `more than ${DESCRIPTORS_MAX} packages were merged into it`,
      );
    const read = (entry: ZipEntry, limitBytes: number): Uint8Array | null =>
      this.#content(bytes, entry, { place, limitBytes });
    const manifest =
      contents.manifest === null ? null : read(contents.manifest, MANIFEST_BYTES_MAX);
    this.#report(place, {
      stem: stemOf(place.name),
      manifest: parseJarManifest(manifest ?? new Uint8Array(0)),
      descriptors: descriptorsOf(contents, (entry) => read(entry, DESCRIPTOR_BYTES_MAX)),
      isApplication: contents.nested.some(({ name }) => /^(?:BOOT|WEB)-INF\/lib\//.test(name)),
    });
    for (const entry of contents.nested) this.#nested(bytes, entry, place);
  }

  #report(place: Place, evidence: Parameters<typeof packagesOf>[0]): void {
    for (const found of packagesOf(evidence)) {
      if (this.packages.length >= PACKAGES_MAX) {
        this.#problem("", "file-too-large", `there are more than ${PACKAGES_MAX} packages in it`);
        return;
      }
      this.packages.push(place.path === "" ? found : { ...found, inside: place.path });
    }
  }

  #nested(bytes: Uint8Array, entry: ZipEntry, within: Place): void {
    const name = printable(entry.name, PATH_LENGTH_MAX);
    const path = within.path === "" ? name : `${within.path}!${name}`;
    const place = { path, name: baseName(name), depth: within.depth + 1 };
    if (place.depth > DEPTH_MAX || this.#archivesLeft <= 0 || this.#entriesLeft <= 0) {
      this.#problem(
        within.path,
        "file-too-large",
        "there are more archives in archives than are read",
      );
      return;
    }
    const content = this.#content(bytes, entry, { place: within, limitBytes: NESTED_BYTES_MAX });
    if (content !== null) this.archive(content, place);
  }

  /** Reads an entry within what is left; null, and a problem, when it cannot be had. */
  #content(
    bytes: Uint8Array,
    entry: ZipEntry,
    { place, limitBytes }: { place: Place; limitBytes: number },
  ): Uint8Array | null {
    const name = printable(entry.name, 200);
    if (entry.sizeBytes > Math.min(limitBytes, this.#bytesLeft)) {
      this.#problem(
        place.path,
        "file-too-large",
        `${JSON.stringify(name)} has ${entry.sizeBytes} bytes`,
      );
      return null;
    }
    const content = readZipEntry(bytesAsSource(bytes), entry, limitBytes);
    // Stored entries are views and cost nothing.
    if (entry.method !== 0) this.#bytesLeft -= entry.sizeBytes;
    if (content.bytes === null)
      this.#damaged(place.path, `cannot read ${JSON.stringify(name)}: ${content.fault}`);
    return content.bytes;
  }

  #damaged(path: string, detail: string): void {
    this.#problem(path, "file-damaged", detail);
  }

  #problem(path: string, code: ReadingProblem["code"], detail: string): void {
    const isKnown = this.problems.some((p) => p.detail === detail && (p.path ?? "") === path);
    if (isKnown || this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push({ code, detail, ...(path === "" ? {} : { path }) });
  }
}

function stemOf(name: string): string {
  return name.replace(IS_ARCHIVE, "");
}

function contentsOf(entries: readonly ZipEntry[]): Contents {
  let manifest: ZipEntry | null = null;
  const properties: ZipEntry[] = [];
  const folders = new Set<string>();
  const nested: ZipEntry[] = [];
  let isCut = false;
  for (const entry of entries) {
    const { name } = entry;
    if (name === MANIFEST) manifest ??= entry;
    else if (name.startsWith(DESCRIPTORS))
      isCut = !addDescriptor(entry, properties, folders) || isCut;
    else if (!name.endsWith(".class") && IS_ARCHIVE.test(name.slice(-10))) nested.push(entry);
  }
  return { manifest, properties, folders, nested, isCut };
}

/** @returns false when it is one too many. */
function addDescriptor(entry: ZipEntry, properties: ZipEntry[], folders: Set<string>): boolean {
  const isProperties = entry.name.endsWith("/pom.properties");
  if (!isProperties && !entry.name.endsWith("/pom.xml")) return true;
  if (properties.length + folders.size >= DESCRIPTORS_MAX) return false;
  if (isProperties) properties.push(entry);
  else folders.add(entry.name.slice(0, -"pom.xml".length));
  return true;
}

function descriptorsOf(
  { properties, folders }: Contents,
  read: (entry: ZipEntry) => Uint8Array | null,
): Coordinates[] {
  const described = new Set<string>();
  const full = properties.flatMap((entry) => {
    described.add(entry.name.slice(0, -"pom.properties".length));
    const bytes = read(entry);
    return bytes === null ? [] : [descriptorOf(bytes)];
  });
  const bare = [...folders]
    .filter((folder) => !described.has(folder))
    .flatMap((folder) => {
      const [group = "", artifact = "", rest] = folder.slice(DESCRIPTORS.length).split("/");
      return rest === "" ? [{ group, artifact, version: "" }] : [];
    });
  return [...full, ...bare];
}
