// What a check of the evidence log says.

/**
 * What is wrong with a log. `changed`: an entry is not what was written. `missing`: entries are gone. `reordered`: entries stand
 * elsewhere, or twice. `forged`: a signature is not of the key. `foreign-key`: a key signed that is not trusted. `torn`: the last
 * line is cut. `unsigned`: the last entries have no signature. `head`: an entry that was noted elsewhere is not there.
 */
export type EvidenceFaultKind =
  | "changed"
  | "missing"
  | "reordered"
  | "forged"
  | "foreign-key"
  | "torn"
  | "unsigned"
  | "head";

/** A place in a log. */
export interface EvidencePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** The first place at which a log is broken. */
export interface EvidenceFault extends EvidencePlace {
  readonly kind: EvidenceFaultKind;
  /** A sentence part, lower case. */
  readonly detail: string;
}

/** Something that an auditor may want to know and that is not wrong. */
export interface EvidenceNote extends EvidencePlace {
  readonly detail: string;
}

/** What was seen of a log. */
export interface EvidenceCheck {
  /** Entries up to the end, or up to the first broken place. */
  readonly entries: number;
  readonly decisions: number;
  readonly files: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  /** Hash of the last entry. */
  readonly head: string | null;
  /** Keys that signed, in the order in which they came. */
  readonly keys: readonly { readonly id: string; readonly sinceSeq: number }[];
  readonly notes: readonly EvidenceNote[];
  /** Null: the log is sound. */
  readonly fault: EvidenceFault | null;
}
