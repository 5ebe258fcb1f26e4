// Facts in, lines of the log out: each with its number, the hash of the one before and its own; the last one signed.
import { setImmediate } from "node:timers/promises";
import {
  evidenceEntryText,
  evidenceLineText,
  LINE_BYTES_MAX,
} from "../../formats/evidence-line.ts";
import {
  EVIDENCE_SCHEMA,
  type EvidenceEntry,
  type EvidenceFact,
} from "../../model/evidence-entry.ts";
import { entryHash } from "./entry-hash.ts";
import type { LogSigner } from "./log-key.ts";

const FACTS_AT_ONCE = 8;

/** Where an entry stands in the chain: what proves later that it was there. */
export interface Receipt {
  readonly seq: number;
  /** 64 hex digits. */
  readonly hash: string;
}

/** Lines, and where each stands. */
export interface Chained {
  /** With line ends. */
  readonly text: string;
  readonly receipts: readonly Receipt[];
}

/**
 * Makes lines of facts.
 *
 * @param after The last entry that is there; null at the beginning of a log.
 */
export async function chained(
  facts: readonly EvidenceFact[],
  after: Receipt | null,
  by: { readonly signer: LogSigner; readonly tool: string; readonly time: string },
): Promise<Chained> {
  const receipts: Receipt[] = [];
  let text = "";
  let before = after;
  for (const [i, fact] of facts.entries()) {
    // Whoever serves others meanwhile does so between a few of them.
    if (i % FACTS_AT_ONCE === FACTS_AT_ONCE - 1) await setImmediate();
    const entry: EvidenceEntry = {
      schema: EVIDENCE_SCHEMA,
      seq: (before?.seq ?? 0) + 1,
      previous: before?.hash ?? null,
      time: by.time,
      tool: by.tool,
      key: by.signer.id,
      ...fact,
    };
    const written = evidenceEntryText(entry);
    const bytes = Buffer.from(written);
    const signature = i === facts.length - 1 ? await by.signer.sign(bytes) : null;
    const hash = entryHash({ entry: bytes, signature });
    const line = evidenceLineText({ entry: written, hash, signature });
    if (line.length * 3 > LINE_BYTES_MAX && Buffer.byteLength(line) > LINE_BYTES_MAX)
      throw new RangeError("an entry is longer than a line may be");
    text += `${line}\n`;
    before = { seq: entry.seq, hash };
    receipts.push(before);
  }
  return { text, receipts };
}
