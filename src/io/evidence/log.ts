// The evidence log: a chain of entries in files of JSON lines. Each entry names the hash of the one before; the last of every
// write is signed, and its signature covers, through the hashes, everything before.
//
// A write is one call at the end of the file, flushed to the disk before anybody is told that it is there. What a crash leaves
// behind (half a line, entries without their signature) stays where it is, and the next writer records it as a fact of its own.
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../../kit/error.ts";
import type { EvidenceFact, TornEnd } from "../../model/evidence-entry.ts";
import type { Environment } from "../folders.ts";
import { chained, type Receipt } from "./chain.ts";
import { withLock } from "./lock.ts";
import { type LogSigner, openLogKey, verifierOf } from "./log-key.ts";
import { segmentPath, segmentsIn } from "./segments.ts";
import { readFirst, readTail } from "./tail.ts";
import { appendTo, createWith, evidenceWriteError } from "./write.ts";

/** What a log is opened with. */
export interface LogSetting {
  readonly env: Environment;
  /** RFC 3339, UTC. */
  readonly now: () => string;
  /** `bulwark 0.1.0`. */
  readonly tool: string;
  /** A file that has reached this is followed by another. */
  readonly segmentBytesMax?: number;
  readonly lockWaitMs?: number;
}

const SEGMENT_BYTES_MAX = 64 << 20;
/** Facts written by one call. Callers that come while one is on its way share the next. */
const BATCH_MAX = 500;

interface Waiting {
  readonly facts: readonly EvidenceFact[];
  readonly done: (receipt: Receipt) => void;
  readonly failed: (error: unknown) => void;
}

/** Where the log ends. */
interface End extends Receipt {
  readonly segment: number;
  readonly sizeBytes: number;
  readonly key: string;
  readonly isEnded: boolean;
  readonly torn: TornEnd | null;
}

/** A log in a folder, for one process. Others may write to it at the same time. */
export class EvidenceLog {
  readonly #folder: string;
  readonly #setting: LogSetting;
  readonly #waiting: Waiting[] = [];
  #signer: LogSigner | null = null;
  #known: End | null = null;
  #isWriting = false;

  /** Nothing is touched until something is appended. */
  constructor(folder: string, setting: LogSetting) {
    this.#folder = folder;
    this.#setting = setting;
  }

  /**
   * Appends facts, in order and side by side. When it resolves they are on the disk, and a signature covers them.
   *
   * @returns The place of the last of them.
   * @throws {AppError} `evidence-unwritable`. Nothing of them is in the log then, or what is will be recorded as torn.
   */
  append(facts: readonly EvidenceFact[]): Promise<Receipt> {
    return new Promise((done, failed) => {
      this.#waiting.push({ facts, done, failed });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = takeBatch(this.#waiting);
      try {
        const write = (): Promise<readonly Receipt[]> => this.#write(batch.map((w) => w.facts));
        const lock = join(this.#folder, "lock");
        const receipts = await withLock(lock, write, this.#setting.lockWaitMs);
        for (const [i, receipt] of receipts.entries()) batch[i]?.done(receipt);
      } catch (error) {
        // What is known of the end may be wrong now.
        this.#known = null;
        const cause = evidenceWriteError(this.#folder, error);
        for (const { failed } of batch) failed(cause);
      }
    }
    this.#isWriting = false;
  }

  /** @returns For each group the place of its last fact. */
  async #write(groups: readonly (readonly EvidenceFact[])[]): Promise<readonly Receipt[]> {
    this.#signer ??= openLogKey(this.#folder, this.#setting.env);
    const signer = this.#signer;
    const end = this.#end(signer);
    const max = this.#setting.segmentBytesMax ?? SEGMENT_BYTES_MAX;
    // What is torn is recorded in the file in which it stands, whatever its size.
    const isNew = end === null || (end.sizeBytes >= max && end.torn === null);
    const first = this.#firstFacts(end, isNew, signer);
    const { text, receipts } = await chained([...first, ...groups.flat()], end, {
      signer,
      tool: this.#setting.tool,
      time: this.#setting.now(),
    });
    const segment = (end?.segment ?? 0) + (isNew ? 1 : 0);
    const path = segmentPath(this.#folder, segment);
    const lines = end === null || isNew || end.isEnded ? text : `\n${text}`;
    const sizeBytes = isNew
      ? await createWith(path, lines)
      : await appendTo(path, lines, end.sizeBytes);
    const last = receipts.at(-1) as Receipt;
    this.#known = { ...last, segment, sizeBytes, key: signer.id, isEnded: true, torn: null };
    let index = first.length - 1;
    return groups.map((facts) => {
      index += facts.length;
      return receipts[index] ?? last;
    });
  }

  /** What stands before the facts of this write: that a log, a file or a key begins, or what was found torn. */
  #firstFacts(end: End | null, isNew: boolean, signer: LogSigner): EvidenceFact[] {
    const { publicKey } = signer;
    if (end === null)
      return [{ kind: "begin", log: { id: randomBytes(16).toString("hex"), publicKey } }];
    const torn: EvidenceFact[] = end.torn === null ? [] : [{ kind: "torn", torn: end.torn }];
    if (!isNew && end.key === signer.id) return torn;
    const log = { id: this.#logId(end.segment), publicKey };
    return [...torn, { kind: isNew ? "segment" : "key", log }];
  }

  #end(signer: LogSigner): End | null {
    const last = segmentsIn(this.#folder).at(-1);
    if (last === undefined) return null;
    const { size } = statSync(last.path);
    if (this.#known?.segment === last.number && this.#known.sizeBytes === size) return this.#known;
    const tail = readTail(last.path);
    if (tail === null) throw damaged(last.path, "there is no entry at its end");
    const { entry, line } = tail;
    const isForged =
      line.signature !== null &&
      entry.key === signer.id &&
      verifierOf(signer.publicKey)?.isSigned(line.entry, line.signature) !== true;
    if (isForged) throw damaged(last.path, "the signature of its last entry is not of its key");
    return {
      segment: last.number,
      sizeBytes: tail.sizeBytes,
      seq: entry.seq,
      hash: line.hash,
      key: entry.key,
      isEnded: tail.isEnded,
      torn: tail.torn,
    };
  }

  #logId(segment: number): string {
    const path = segmentPath(this.#folder, segment);
    const entry = readFirst(path);
    if (entry === null || !("log" in entry)) throw damaged(path, "its first line is no entry");
    return entry.log.id;
  }
}

function takeBatch(waiting: Waiting[]): Waiting[] {
  let count = 0;
  let taken = 0;
  for (const { facts } of waiting) {
    count += facts.length;
    if (taken > 0 && count > BATCH_MAX) break;
    taken += 1;
  }
  return waiting.splice(0, taken);
}

/** Nothing is appended to what somebody changed: a new signature would make it look sound. */
function damaged(path: string, state: string): AppError {
  return new AppError(
    "evidence-unwritable",
    `cannot append to evidence log ${JSON.stringify(path)}: ${state}`,
    {
      hint: "run bulwark evidence verify; put the folder aside as it is, and a new log begins",
      subject: path,
    },
  );
}
