// The lines of the responder of the strict mode: sensor/strict.c, `tell_decision` and `tell_counts`.

/** What it says. */
export type StrictReport =
  /** From here on programs of the container are judged. */
  | { readonly kind: "ready" }
  | StrictDecision
  | StrictCounts
  /** It ends because the container did. */
  | { readonly kind: "ended" }
  /** It ends because something is not as it has to be. */
  | { readonly kind: "failed"; readonly step: string; readonly error: number };

export interface StrictDecision {
  readonly kind: "decision";
  /** `passed`: it could not be judged, and was let run. */
  readonly decision: "denied" | "allowed" | "passed";
  /** How long it waited for the answer, microseconds. */
  readonly waitedUs: number;
  /** Of the process that wanted to run it, as the host numbers it. */
  readonly pid: number;
  readonly sizeBytes: number;
  /** 64 hex digits; null for what was not read. */
  readonly sha256: string | null;
  readonly why: string;
  /** Of the process; empty when it was gone. */
  readonly process: string;
  /** As the container has it. */
  readonly path: string;
}

/** Since it is ready. */
export interface StrictCounts {
  readonly kind: "counts";
  readonly asked: number;
  readonly denied: number;
  readonly passed: number;
  readonly longestUs: number;
  /** Lines that nobody took. */
  readonly lost: number;
}

const DECISION =
  /^(denied|allowed|passed) (\d+) (\d+) (\d+) ([0-9a-f]{64}|-) ([a-z]+) (\S+) (\S+)$/;
const COUNTS = /^state (\d+) (\d+) (\d+) (\d+) (\d+)$/;
const FAILED = /^failed ([a-z]+) (\d+)$/;

/** @returns null for what is no line of it. */
export function strictReport(line: string): StrictReport | null {
  if (line === "ready") return { kind: "ready" };
  if (line === "ended container") return { kind: "ended" };
  const failed = FAILED.exec(line);
  if (failed !== null)
    return { kind: "failed", step: failed[1] ?? "", error: Number(failed[2] ?? 0) };
  const counts = COUNTS.exec(line)?.slice(1).map(Number);
  if (counts !== undefined) {
    const [asked = 0, denied = 0, passed = 0, longestUs = 0, lost = 0] = counts;
    return { kind: "counts", asked, denied, passed, longestUs, lost };
  }
  return decisionOf(line);
}

function decisionOf(line: string): StrictDecision | null {
  const [, decision, waited, pid, size, digest = "-", why = "", name = "-", path = "-"] =
    DECISION.exec(line) ?? [];
  if (decision !== "denied" && decision !== "allowed" && decision !== "passed") return null;
  return {
    kind: "decision",
    decision,
    waitedUs: Number(waited),
    pid: Number(pid),
    sizeBytes: Number(size),
    sha256: digest === "-" ? null : digest,
    why,
    process: nameOf(name),
    path: nameOf(path),
  };
}

/** Bytes beyond the printable ones are written `%0a`, and nothing is `-`. */
function nameOf(written: string): string {
  if (written === "-") return "";
  const bytes: number[] = [];
  for (let at = 0; at < written.length; at += 1) {
    if (written[at] === "%") {
      bytes.push(Number.parseInt(written.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(written.charCodeAt(at));
  }
  return Buffer.from(bytes).toString("utf8");
}
