// Files that are looked at for secrets, and what is packed in them: gzip, zstd, ZIP with all that is one (JAR, wheel, NuGet), tar,
// and objects of git. Bounded, for whoever makes an archive decides what it becomes.
import { Buffer } from "node:buffer";
import { gunzipped, type Inflated, zlibInflated } from "../formats/inflated.ts";
import { type TarConsumer, type TarEntry, TarReader } from "../formats/tar.ts";
import { unzstd } from "../formats/unzstd.ts";
import { beginsAsZip, bytesAsSource, readZipDirectory, readZipEntry } from "../formats/zip.ts";
import type { ContentVisitor } from "../io/layers/walk.ts";
import type { SecretReading } from "../stages/secrets/contract.ts";
import type { SecretReader } from "../stages/secrets/reader.ts";

/** A larger archive is searched as it lies there, and said not to have been opened. */
const PACKED_BYTES_MAX = 256 * 2 ** 20;
/** Of one file in an archive. */
const PLAIN_BYTES_MAX = 256 * 2 ** 20;
/** Of all files in an archive and in those within it. */
const ALL_BYTES_MAX = 2 ** 30;
/** Of all archives of a layer or folder. */
const TOTAL_BYTES_MAX = 8 * 2 ** 30;
const ENTRIES_MAX = 100_000;
/** A JAR in a JAR in a compressed tar has three. */
const DEPTH_MAX = 5;
/** So many bytes tell whether a file is an archive. */
const HEAD_BYTES = 512;
const NOTHING: Uint8Array = new Uint8Array(0);

/** What is left of what an archive may become. */
interface Budget {
  bytes: number;
  entries: number;
}

/** A file of an archive, or the archive itself. */
interface Packed {
  /** Path in the outermost archive; null for that one itself. */
  readonly inside: string | null;
  readonly depth: number;
  readonly budget: Budget;
}

/** Reads files for secrets; those that are archives are opened. */
export class PackedSecretReader implements ContentVisitor {
  readonly #reader: SecretReader;
  #totalBytes = TOTAL_BYTES_MAX;
  #path = "";
  #sizeBytes = 0;
  #state: "beginning" | "gathering" | "passing" = "beginning";
  /** The beginning of a file, or all of an archive. */
  #held: Uint8Array = NOTHING;
  #heldBytes = 0;
  #faults = new Set<string>();

  constructor(reader: SecretReader) {
    this.#reader = reader;
  }

  begin(path: string, sizeBytes: number): void {
    this.#path = path;
    this.#sizeBytes = sizeBytes;
    this.#state = "beginning";
    this.#held = NOTHING;
    this.#heldBytes = 0;
    this.#faults = new Set();
  }

  get isSated(): boolean {
    return this.#state === "passing" && this.#reader.isSated;
  }

  /** @param bytes Are read before it returns. */
  piece(bytes: Uint8Array): void {
    if (this.#state === "passing") this.#reader.piece(bytes);
    else if (this.#state === "gathering") this.#hold(bytes);
    else if (this.#heldBytes > 0 || bytes.length < Math.min(HEAD_BYTES, this.#sizeBytes))
      this.#behead(bytes);
    else this.#decide(bytes);
  }

  end(): void {
    if (this.#state === "beginning" && this.#heldBytes > 0) this.#decide(this.#beginning());
    if (this.#state === "gathering") this.#open(this.#held.subarray(0, this.#heldBytes));
    else if (this.#state === "passing") this.#reader.end();
    this.#state = "beginning";
    this.#held = NOTHING;
  }

  /** A file that is at hand as a whole. */
  file(path: string, bytes: Uint8Array): void {
    this.begin(path, bytes.length);
    this.piece(bytes);
    this.end();
  }

  /** All that was found until now; begins anew. */
  taken(): SecretReading {
    this.#totalBytes = TOTAL_BYTES_MAX;
    return this.#reader.taken();
  }

  #behead(bytes: Uint8Array): void {
    if (this.#held.length === 0) this.#held = new Uint8Array(HEAD_BYTES);
    const part = bytes.subarray(0, HEAD_BYTES - this.#heldBytes);
    this.#held.set(part, this.#heldBytes);
    this.#heldBytes += part.length;
    if (this.#heldBytes < Math.min(HEAD_BYTES, this.#sizeBytes)) return;
    this.#decide(this.#beginning());
    if (part.length < bytes.length) this.piece(bytes.subarray(part.length));
  }

  #beginning(): Uint8Array {
    const head = this.#held.subarray(0, this.#heldBytes);
    this.#held = NOTHING;
    this.#heldBytes = 0;
    return head;
  }

  #decide(first: Uint8Array): void {
    const isPacked = formOf(first, this.#path) !== null;
    if (isPacked && first.length >= this.#sizeBytes) {
      this.#open(first);
      // What was opened is done with; nothing comes after it.
      this.#state = "beginning";
      return;
    }
    if (isPacked && this.#sizeBytes <= PACKED_BYTES_MAX) {
      this.#state = "gathering";
      this.#held = new Uint8Array(this.#sizeBytes);
      this.#hold(first);
      return;
    }
    this.#state = "passing";
    this.#reader.begin(this.#path, this.#sizeBytes);
    this.#tellStrange(first, this.#path);
    if (isPacked) this.#fault(`it has ${this.#sizeBytes} bytes, of at most ${PACKED_BYTES_MAX}`);
    this.#reader.piece(first);
  }

  #hold(bytes: Uint8Array): void {
    const part = bytes.subarray(0, this.#held.length - this.#heldBytes);
    this.#held.set(part, this.#heldBytes);
    this.#heldBytes += part.length;
  }

  #open(bytes: Uint8Array): void {
    const budget = { bytes: Math.min(ALL_BYTES_MAX, this.#totalBytes), entries: ENTRIES_MAX };
    const before = budget.bytes;
    this.#file(bytes, { inside: null, depth: 0, budget });
    this.#totalBytes -= before - budget.bytes;
  }

  #tellStrange(bytes: Uint8Array, path: string): void {
    const strange = strangeForm(bytes, path);
    if (strange !== null) this.#fault(`${path} is ${strange}, which is not opened`);
  }

  /** Said once of a file. */
  #fault(detail: string): void {
    if (this.#faults.has(detail) || this.#faults.size > 3) return;
    this.#faults.add(detail);
    this.#reader.problem(
      `it was not opened as a whole to be searched for secrets: ${detail}`,
      this.#path,
    );
  }

  /** Searches a file, or what is packed in it. */
  #file(bytes: Uint8Array, packed: Packed): void {
    const form = formOf(bytes, packed.inside ?? this.#path);
    if (packed.inside !== null) this.#tellStrange(bytes, packed.inside);
    const isOpened = form !== null && this.#isOpened(bytes, packed, form);
    if (!isOpened) this.#reader.file(this.#path, bytes, packed.inside);
  }

  /** @returns false when it is none of the form, after all. */
  #isOpened(bytes: Uint8Array, packed: Packed, form: Form): boolean {
    if (packed.depth >= DEPTH_MAX) {
      this.#fault(`archives lie more than ${DEPTH_MAX} deep in each other`);
      return false;
    }
    switch (form) {
      case "gzip":
        return this.#inflated(packed, (max) => gunzipped(bytes, max));
      case "zstd":
        return this.#inflated(packed, (max) => unzstd(bytes, max));
      case "git-object":
        return this.#inflated(packed, (max) => zlibInflated(bytes, max));
      case "zip":
        return this.#zip(bytes, packed);
      case "tar":
        return this.#tar(bytes, packed);
    }
  }

  #inflated(packed: Packed, inflate: (max: number) => Inflated): boolean {
    const { budget, inside, depth } = packed;
    const max = Math.min(PLAIN_BYTES_MAX, budget.bytes);
    if (max < 1) {
      this.#fault("too much came out of archives before it");
      return false;
    }
    const { bytes, fault } = inflate(max);
    if (bytes === null) {
      const isTooLarge = fault === "too-large";
      if (isTooLarge) budget.bytes = 0;
      this.#fault(isTooLarge ? `it becomes more than ${max} bytes` : "it is damaged");
      return false;
    }
    budget.bytes -= bytes.length;
    this.#file(bytes, { inside, depth: depth + 1, budget });
    return true;
  }

  #zip(bytes: Uint8Array, packed: Packed): boolean {
    const source = bytesAsSource(bytes);
    const { entries, fault } = readZipDirectory(source, packed.budget.entries);
    if (fault !== null) this.#fault(fault);
    for (const entry of entries) {
      if (entry.sizeBytes === 0 || entry.name.endsWith("/")) continue;
      if (!this.#isAffordable(entry.sizeBytes, packed.budget)) break;
      const content = readZipEntry(source, entry, PLAIN_BYTES_MAX);
      if (content.bytes === null) this.#fault(content.fault);
      else this.#entry(entry.name, content.bytes, packed);
    }
    return entries.length > 0;
  }

  #tar(bytes: Uint8Array, packed: Packed): boolean {
    const gatherer = new TarFiles(
      (size) => this.#isAffordable(size, packed.budget),
      (name, content) => this.#entry(name, content, packed),
    );
    try {
      const reader = new TarReader(gatherer);
      reader.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
      reader.finish();
    } catch {
      this.#fault("it is a damaged tar archive");
    }
    return gatherer.files > 0;
  }

  #isAffordable(sizeBytes: number, budget: Budget): boolean {
    const isRoom = budget.entries > 0 && budget.bytes >= sizeBytes && sizeBytes <= PLAIN_BYTES_MAX;
    if (!isRoom)
      this.#fault(
        `it becomes more than ${ALL_BYTES_MAX} bytes or ${ENTRIES_MAX} files, or one of them is too large`,
      );
    return isRoom;
  }

  #entry(name: string, bytes: Uint8Array, { inside, depth, budget }: Packed): void {
    budget.bytes -= bytes.length;
    budget.entries -= 1;
    // Readers of reports would take it for a way out of the folder.
    const path = name.slice(0, NAME_MAX).replaceAll("../", "");
    this.#file(bytes, {
      inside: inside === null ? path : `${inside}!/${path}`,
      depth: depth + 1,
      budget,
    });
  }
}

const NAME_MAX = 400;

/** Puts the files of a tar together. */
class TarFiles implements TarConsumer {
  readonly #isWanted: (sizeBytes: number) => boolean;
  readonly #use: (name: string, bytes: Uint8Array) => void;
  #name = "";
  #bytes: Uint8Array | null = null;
  #filled = 0;
  files = 0;

  constructor(
    isWanted: (sizeBytes: number) => boolean,
    use: (name: string, bytes: Uint8Array) => void,
  ) {
    this.#isWanted = isWanted;
    this.#use = use;
  }

  entry({ path, type, sizeBytes }: TarEntry): void {
    this.files += 1;
    this.#name = path;
    this.#filled = 0;
    this.#bytes =
      type === "file" && sizeBytes > 0 && this.#isWanted(sizeBytes)
        ? new Uint8Array(sizeBytes)
        : null;
  }

  data(piece: Uint8Array): void {
    if (this.#bytes === null) return;
    this.#bytes.set(piece.subarray(0, this.#bytes.length - this.#filled), this.#filled);
    this.#filled += piece.length;
  }

  end(): void {
    const bytes = this.#bytes;
    this.#bytes = null;
    if (bytes !== null) this.#use(this.#name, bytes);
  }
}

type Form = "gzip" | "zstd" | "zip" | "tar" | "git-object";

/** @see RFC 1952, section 2.3.1; RFC 8878, section 3.1.1; POSIX.1-2024 pax, "ustar Interchange Format"; RFC 1950, section 2.2 */
function formOf(bytes: Uint8Array, path: string): Form | null {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return "gzip";
  if (beginsAsZip(bytes)) return "zip";
  if (ZSTD.every((byte, i) => bytes[i] === byte)) return "zstd";
  if (bytes.length >= 512 && USTAR.every((byte, i) => bytes[257 + i] === byte)) return "tar";
  return bytes[0] === 0x78 && LOOSE_OBJECT.test(path) ? "git-object" : null;
}

const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
const USTAR = [...Buffer.from("ustar")];
/** Where git keeps what it has not packed yet: an image into which a folder was copied has its history, too. */
const LOOSE_OBJECT = /(?:^|\/)objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/;

/** Archives that are not opened, by what they begin with; what is packed for the system alone (modules, fonts) is none of them. */
const STRANGE: readonly (readonly [RegExp, readonly number[], string])[] = [
  [/\.(?:tar\.xz|txz)$/i, [0xfd, 0x37, 0x7a, 0x58, 0x5a], "a tar compressed by xz"],
  [/\.(?:tar\.bz2|tbz2?)$/i, [0x42, 0x5a, 0x68], "a tar compressed by bzip2"],
  [/\.7z$/i, [0x37, 0x7a, 0xbc, 0xaf], "an archive of 7-Zip"],
  [/\.rar$/i, [0x52, 0x61, 0x72, 0x21], "an archive of RAR"],
];

function strangeForm(bytes: Uint8Array, path: string): string | null {
  const found = STRANGE.find(
    ([name, magic]) => name.test(path) && magic.every((byte, i) => bytes[i] === byte),
  );
  return found?.[2] ?? null;
}
