import type { GateResult } from "../../model/gate.ts";
import type { Plugin } from "../../model/plugin.ts";
import type { ScanResult } from "../../model/scan.ts";

/** What surrounds a report: facts about the reader's screen, not about the scan. */
export interface ReportSurroundings {
  /** Columns of the terminal; 80 when there is none. */
  readonly width: number;
  /** ANSI colours are wanted and can be shown. */
  readonly colour: boolean;
  /** Where the reader comes from, to word the next step: `scan`, `explain`. */
  readonly command: string;
}

/** Turns scan results into one output format. Pure: same results and surroundings, same text. */
export interface Reporter extends Plugin {
  /** `application/json`, `text/plain` … */
  readonly mediaType: string;
  /** All targets of one run in one document. */
  report(results: readonly ScanResult[], surroundings: ReportSurroundings): string;
  /** The same in pieces, where the whole would be too large to hold. */
  pieces?(results: readonly ScanResult[], surroundings: ReportSurroundings): Iterable<string>;
}

/** Turns what a policy says into one output format. Pure, like a {@link Reporter}. */
export interface GateReporter extends Plugin {
  readonly mediaType: string;
  /** All artifacts of one run in one document. */
  report(gate: GateResult, surroundings: ReportSurroundings): string;
}
