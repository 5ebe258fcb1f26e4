// Follows the chain from line to line and stops at the first place at which it is broken.
//
// A signature covers everything before it, so only the last one of a file and of a key is checked while the chain is followed.
// Where that one is wrong, `forged` asks for all of them to be looked at one by one, to name the first.
import { createHash, type Hash } from "node:crypto";
import { parseEvidenceEntry, splitEvidenceLine } from "../../formats/evidence-line.ts";
import { count } from "../../kit/phrase.ts";
import type {
  EvidenceFault,
  EvidenceFaultKind,
  EvidenceNote,
  EvidencePlace,
} from "../../model/evidence-check.ts";
import type { EvidenceEntry, TornEnd } from "../../model/evidence-entry.ts";
import { entryHash } from "./entry-hash.ts";
import type { FileLine } from "./file-lines.ts";
import { type LogVerifier, verifierOf } from "./log-key.ts";

/** An entry that stands in the chain where it should. */
export interface CheckedEntry extends EvidencePlace {
  readonly entry: EvidenceEntry;
  readonly hash: string;
}

export interface ChainSetting {
  /** Ids of the keys that may sign; null: those that the log itself names. */
  readonly keys: ReadonlySet<string> | null;
  /** The walk begins with a later file than the first. */
  readonly isMidway: boolean;
  /** Check every signature. */
  readonly isThorough: boolean;
}

interface Signed extends EvidencePlace {
  readonly bytes: Buffer;
  readonly signature: string;
  readonly verifier: LogVerifier;
  readonly seq: number;
}

/** Bytes that are no entry, up to the next one that is. */
interface Stretch extends EvidencePlace {
  readonly reason: string;
  readonly hash: Hash;
  bytes: number;
  isEnded: boolean;
}

/** An entry came too early. Whether those before it stand further down is worth a look. */
interface Gap extends EvidencePlace {
  readonly seq: number;
  linesLeft: number;
}

const NO_ENTRY = "it is no entry";
const GAP_LINES = 10_000;

export class ChainCheck {
  readonly notes: EvidenceNote[] = [];
  readonly keys: { id: string; sinceSeq: number }[] = [];
  fault: EvidenceFault | null = null;
  readonly #setting: ChainSetting;
  readonly #verifiers = new Map<string, LogVerifier>();
  #logId: string | null = null;
  #before: CheckedEntry | null = null;
  #signed: Signed | null = null;
  #unsigned = 0;
  #stretch: Stretch | null = null;
  #gap: Gap | null = null;

  constructor(setting: ChainSetting) {
    this.#setting = setting;
  }

  /** @returns The entry when it is sound so far; null when it is not, or is none. */
  line(line: FileLine, file: string): CheckedEntry | null {
    if (this.fault !== null) return null;
    const place = { file, line: line.number };
    const split = splitEvidenceLine(line.bytes);
    if (split === null) return this.#strange(line, place, NO_ENTRY);
    if (entryHash(split) !== split.hash)
      return this.#strange(line, place, "what it says is not what its hash is of");
    const entry = parseEvidenceEntry(split.entry);
    if (entry === null) return this.#strange(line, place, "it is not an entry as they are written");
    const found = { entry, hash: split.hash, ...place };
    if (this.#gap !== null) return this.#lookedFor(found, this.#gap);
    if (!this.#follows(found) || !this.#explains(found) || !this.#introduces(found)) return null;
    this.#before = found;
    if (split.signature === null) this.#unsigned += 1;
    else if (!this.#takeSigned(found, split.entry, split.signature)) return null;
    return found;
  }

  /** A file appears with its first entry in it. */
  emptyFile(file: string): void {
    this.#fail("missing", { file, line: 1 }, "the file is empty: its entries are gone");
  }

  /** Between two files, and after the last. */
  endOfFile(): void {
    if (this.#gap !== null) this.#missing(this.#gap);
    this.#checkSigned();
  }

  /** After the last file. */
  end(): void {
    this.endOfFile();
    if (this.fault !== null) return;
    const { file, line } = this.#stretch ?? this.#before ?? { file: "", line: 0 };
    if (this.#stretch !== null) {
      const { isEnded, reason } = this.#stretch;
      // Only a write that was cut leaves half a line, without an end.
      const isTorn = !isEnded && reason === NO_ENTRY;
      const detail = isTorn ? "the last line is cut; the next entry will record it" : reason;
      this.#fail(isTorn ? "torn" : "changed", { file, line }, detail);
    } else if (this.#unsigned > 0) {
      const last = this.#unsigned === 1 ? "entry has" : `${this.#unsigned} entries have`;
      this.#fail("unsigned", { file, line }, `the last ${last} no signature`);
    }
  }

  /** The structure is broken here; what was signed before is still to be checked, as it may be broken earlier. */
  #fail(kind: EvidenceFaultKind, { file, line }: EvidencePlace, detail: string): null {
    this.#gap = null;
    if (kind !== "forged") this.#checkSigned();
    this.fault ??= { kind, file, line, detail };
    return null;
  }

  #strange({ bytes, isEnded }: FileLine, place: EvidencePlace, reason: string): null {
    if (this.#gap !== null) return null;
    this.#stretch ??= { ...place, reason, hash: createHash("sha256"), bytes: 0, isEnded: false };
    const stretch = this.#stretch;
    if (stretch.isEnded) {
      stretch.hash.update("\n");
      stretch.bytes += 1;
    }
    stretch.hash.update(bytes);
    stretch.bytes += bytes.length;
    stretch.isEnded = isEnded;
    return null;
  }

  #follows({ entry, file, line }: CheckedEntry): boolean {
    const before = this.#before;
    const place = { file, line };
    if (before === null) {
      const isFirst = entry.kind === "begin" && entry.seq === 1 && entry.previous === null;
      if (isFirst || (this.#setting.isMidway && entry.kind === "segment")) return true;
      this.#fail(
        "missing",
        place,
        `the log begins with entry ${entry.seq}: what stood before is gone`,
      );
      return false;
    }
    const wanted = before.entry.seq + 1;
    if (entry.seq === wanted && entry.previous === before.hash) return true;
    if (entry.seq === wanted) {
      this.#fail(
        "changed",
        before,
        `entry ${before.entry.seq} is not the one that entry ${entry.seq} was written after`,
      );
    } else if (entry.seq < wanted) {
      this.#fail(
        "reordered",
        place,
        `entry ${entry.seq} stands behind entry ${before.entry.seq}, where entry ${wanted} belongs`,
      );
    } else {
      // A stretch that nobody recorded stands before, and says more.
      if (this.#stretch === null) this.#gap = { ...place, seq: entry.seq, linesLeft: GAP_LINES };
      else this.#fail("changed", this.#stretch, this.#stretch.reason);
    }
    return false;
  }

  #lookedFor({ entry }: CheckedEntry, gap: Gap): null {
    const before = this.#before;
    gap.linesLeft -= 1;
    if (before !== null && entry.seq === before.entry.seq + 1 && entry.previous === before.hash)
      return this.#fail(
        "reordered",
        gap,
        `entry ${gap.seq} stands before entry ${entry.seq}, which comes first`,
      );
    return gap.linesLeft > 0 ? null : this.#missing(gap);
  }

  #missing(gap: Gap): null {
    const before = this.#before?.entry.seq ?? 0;
    const gone = gap.seq - before - 1;
    const which =
      gone === 1 ? `entry ${before + 1} is` : `entries ${before + 1} to ${gap.seq - 1} are`;
    return this.#fail("missing", gap, `${which} missing before entry ${gap.seq}`);
  }

  /** What is no entry is sound only if the next entry records it as torn. */
  #explains({ entry, file, line }: CheckedEntry): boolean {
    const stretch = this.#stretch;
    this.#stretch = null;
    const torn = entry.kind === "torn" ? entry.torn : null;
    if (stretch !== null && (torn === null || !isOf(stretch, torn))) {
      this.#fail("changed", stretch, stretch.reason);
      return false;
    }
    if (torn === null) return true;
    if (stretch === null && torn.bytes > 0) {
      this.#fail("missing", { file, line }, "the torn line that this entry records is not there");
      return false;
    }
    const place = stretch ?? { file, line };
    this.notes.push({ file: place.file, line: place.line, detail: tornText(torn, entry.seq) });
    return true;
  }

  /** An entry that names the log names the key that signs from here on. */
  #introduces({ entry, file, line }: CheckedEntry): boolean {
    if (!("log" in entry)) return true;
    this.#logId ??= entry.log.id;
    const verifier = verifierOf(entry.log.publicKey);
    if (entry.log.id !== this.#logId || verifier?.id !== entry.key) {
      const what =
        entry.log.id === this.#logId ? "names another key than its own" : "is of another log";
      this.#fail("changed", { file, line }, `entry ${entry.seq} ${what}`);
      return false;
    }
    this.#verifiers.set(verifier.id, verifier);
    return true;
  }

  #takeSigned({ entry, file, line }: CheckedEntry, bytes: Buffer, signature: string): boolean {
    const verifier = this.#verifiers.get(entry.key);
    const place = { file, line };
    if (verifier === undefined) {
      this.#fail(
        "forged",
        place,
        `entry ${entry.seq} is signed by key ${entry.key}, which the log does not name`,
      );
      return false;
    }
    if (this.keys.at(-1)?.id !== entry.key) {
      this.#checkSigned();
      this.keys.push({ id: entry.key, sinceSeq: entry.seq });
      if (this.keys.length > 1)
        this.notes.push({ ...place, detail: `key ${entry.key} signs from entry ${entry.seq} on` });
    }
    if (this.#setting.keys?.has(entry.key) === false) {
      this.#fail(
        "foreign-key",
        place,
        `entry ${entry.seq} is signed by key ${entry.key}, which is not trusted`,
      );
      return false;
    }
    this.#unsigned = 0;
    this.#signed = { bytes, signature, verifier, seq: entry.seq, ...place };
    if (this.#setting.isThorough) this.#checkSigned();
    return this.fault === null;
  }

  #checkSigned(): void {
    const signed = this.#signed;
    this.#signed = null;
    if (signed === null || this.fault !== null) return;
    if (!signed.verifier.isSigned(signed.bytes, signed.signature))
      this.#fail(
        "forged",
        signed,
        `the signature of entry ${signed.seq} is not of key ${signed.verifier.id}`,
      );
  }
}

/** The recorded bytes may end with a line end, or have got one from the writer who recorded them. */
function isOf(stretch: Stretch, torn: TornEnd): boolean {
  if (torn.bytes === stretch.bytes) return stretch.hash.copy().digest("hex") === torn.sha256;
  if (torn.bytes !== stretch.bytes + 1 || !stretch.isEnded) return false;
  return stretch.hash.copy().update("\n").digest("hex") === torn.sha256;
}

function tornText({ bytes, unsigned }: TornEnd, seq: number): string {
  const parts = [
    ...(bytes > 0 ? [`${count(bytes, "byte")} of a line that was cut`] : []),
    ...(unsigned > 0 ? [`${count(unsigned, "entry", "entries")} without a signature`] : []),
  ];
  return `${parts.join(" and ")}, recorded by entry ${seq}`;
}
