// A walk over a whole log, or over the files of it that hold some time, in pieces that fit into memory.
import { statSync } from "node:fs";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { EvidenceCheck } from "../../model/evidence-check.ts";
import { ChainCheck, type CheckedEntry } from "./chain-check.ts";
import { fileLines } from "./file-lines.ts";
import { type Segment, segmentsIn } from "./segments.ts";
import { readFirst, readTail } from "./tail.ts";

export interface WalkRequest {
  readonly folder: string;
  /** Ids of the keys that may sign; null: those that the log itself names. */
  readonly keys: ReadonlySet<string> | null;
  /** An entry that must be there, by its hash. */
  readonly head: string | null;
  /** RFC 3339: only files that may hold entries of this time are looked at. Null: from the beginning, to the end. */
  readonly from: string | null;
  readonly to: string | null;
  readonly signal: AbortSignal;
}

interface SizedSegment extends Segment {
  readonly sizeBytes: number;
}

/** One walk. First all `entries`, then the `result`. */
export class EvidenceWalk {
  readonly #request: WalkRequest;
  #segments: readonly SizedSegment[] = [];
  #check: ChainCheck;
  #isHeadSeen = false;
  #isToTheEnd = true;
  #first: CheckedEntry | null = null;
  #last: CheckedEntry | null = null;
  #entries = 0;
  #decisions = 0;

  constructor(request: WalkRequest) {
    this.#request = request;
    this.#check = this.#newCheck(false, false);
  }

  /** Entries that are sound so far, in order; ends at the first broken place. @throws The error of the file system. */
  async *entries(): AsyncGenerator<readonly CheckedEntry[]> {
    const { segments, isToTheEnd } = chosen(await settled(this.#request.folder), this.#request);
    this.#segments = segments;
    this.#isToTheEnd = isToTheEnd;
    this.#check = this.#newCheck(
      false,
      (segments[0]?.number ?? 1) > 1 && this.#request.from !== null,
    );
    for await (const entries of this.#through(this.#check)) {
      this.#first ??= entries[0] ?? null;
      this.#last = entries.at(-1) ?? this.#last;
      this.#entries += entries.length;
      for (const { entry, hash } of entries) {
        if (entry.kind === "decision") this.#decisions += 1;
        if (hash === this.#request.head) this.#isHeadSeen = true;
      }
      yield entries;
    }
    if (this.#check.fault?.kind === "forged") await this.#findFirstForged();
  }

  result(): EvidenceCheck {
    const first = this.#first?.entry;
    const last = this.#last?.entry;
    return {
      entries: this.#entries,
      decisions: this.#decisions,
      files: this.#segments.length,
      firstSeq: first?.seq ?? null,
      lastSeq: last?.seq ?? null,
      firstTime: first?.time ?? null,
      lastTime: last?.time ?? null,
      head: this.#last?.hash ?? null,
      keys: this.#check.keys,
      notes: this.#check.notes,
      fault: this.#check.fault ?? this.#headFault(),
    };
  }

  #headFault(): EvidenceCheck["fault"] {
    const { head } = this.#request;
    if (head === null || this.#isHeadSeen) return null;
    const { file, line } = this.#last ?? { file: "", line: 0 };
    return {
      kind: "head",
      file,
      line,
      detail: `no entry has the hash ${head.slice(0, 16)}…: entries were cut off the end, or the log was written anew`,
    };
  }

  #newCheck(isThorough: boolean, isMidway: boolean): ChainCheck {
    return new ChainCheck({ keys: this.#request.keys, isMidway, isThorough });
  }

  async *#through(check: ChainCheck): AsyncGenerator<CheckedEntry[]> {
    for (const segment of this.#segments) {
      if (segment.sizeBytes === 0) check.emptyFile(basename(segment.path));
      else yield* this.#throughFile(segment, check);
      if (check.fault !== null) return;
      check.endOfFile();
    }
    if (this.#isToTheEnd) check.end();
  }

  async *#throughFile(
    { path, sizeBytes }: SizedSegment,
    check: ChainCheck,
  ): AsyncGenerator<CheckedEntry[]> {
    const file = basename(path);
    for await (const lines of fileLines(path, sizeBytes)) {
      this.#request.signal.throwIfAborted();
      const entries: CheckedEntry[] = [];
      for (const line of lines) {
        const found = check.line(line, file);
        if (found !== null) entries.push(found);
      }
      yield entries;
      if (check.fault !== null) return;
    }
  }

  /** The chain is sound, and a signature is not: each is looked at, to find where that began. */
  async #findFirstForged(): Promise<void> {
    const isMidway = (this.#segments[0]?.number ?? 1) > 1 && this.#request.from !== null;
    const check = this.#newCheck(true, isMidway);
    for await (const _ of this.#through(check)) {
      // The check remembers.
    }
    // Somebody may have changed the files in the meantime; then the first word counts.
    if (check.fault !== null) this.#check = check;
  }
}

const SETTLE_MS = 50;
const SETTLE_TIMES = 10;

/** The files with their sizes, at a moment at which nobody is in the middle of a write, if there is one soon. */
async function settled(folder: string): Promise<SizedSegment[]> {
  for (let left = SETTLE_TIMES; ; left -= 1) {
    const segments = segmentsIn(folder).map((s) => ({ ...s, sizeBytes: statSync(s.path).size }));
    const last = segments.at(-1);
    if (last === undefined || left === 0) return segments;
    const tail = readTail(last.path);
    const isRecent = Date.now() - statSync(last.path).mtimeMs < SETTLE_MS * SETTLE_TIMES;
    if ((tail !== null && tail.torn === null) || !isRecent) return segments;
    await sleep(SETTLE_MS);
  }
}

/** Files whose first entry is later than `to`, or that are followed by one that begins before `from`, are left out. */
function chosen(
  segments: readonly SizedSegment[],
  { from, to }: WalkRequest,
): { segments: SizedSegment[]; isToTheEnd: boolean } {
  if (from === null && to === null) return { segments: [...segments], isToTheEnd: true };
  const begins = segments.map(({ path }) => readFirst(path)?.time ?? null);
  const kept = segments.filter((_, i) => {
    const next = begins[i + 1];
    const isBefore = from !== null && next !== null && next !== undefined && next < from;
    const own = begins[i];
    return !isBefore && !(to !== null && own !== null && own !== undefined && own > to);
  });
  return { segments: kept, isToTheEnd: kept.at(-1) === segments.at(-1) };
}
