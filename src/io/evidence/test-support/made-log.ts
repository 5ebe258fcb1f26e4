// Logs for tests, and what one can do to them.
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { splitEvidenceLine } from "../../../formats/evidence-line.ts";
import type { EvidenceCheck } from "../../../model/evidence-check.ts";
import type { EvidenceFact } from "../../../model/evidence-entry.ts";
import { entryHash } from "../entry-hash.ts";
import { EvidenceLog, type LogSetting } from "../log.ts";
import { segmentsIn } from "../segments.ts";
import { EvidenceWalk, type WalkRequest } from "../walk.ts";

/** A folder that is removed when the test ends: `using`, without the syntax. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-evidence-"));
  try {
    return await work(join(folder, "log"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function logIn(folder: string, setting: Partial<LogSetting> = {}): EvidenceLog {
  let minute = 0;
  const now = (): string => new Date(Date.UTC(2026, 10, 25, 10, minute++)).toISOString();
  return new EvidenceLog(folder, { env: {}, now, tool: "bulwark 0.0.0-test", ...setting });
}

/** A decision, told apart by its subject. */
export function fact(name: string, reasons: readonly string[] = []): EvidenceFact {
  return {
    kind: "decision",
    decision: {
      action: "gate",
      command: "scan --fail-on high",
      outcome: "allow",
      reasons,
      subject: { name, digest: null },
      policy: null,
      data: null,
      actor: { kind: "user", name: "anna", host: "here" },
      pipeline: null,
    },
  };
}

const LONG_AGO = new Date("2026-01-01T00:00:00Z");

export async function walked(
  folder: string,
  request: Partial<WalkRequest> = {},
): Promise<EvidenceCheck & { readonly names: readonly string[] }> {
  // A file that was written a moment ago might still be written to, and is waited for.
  for (const { path } of segmentsIn(folder)) utimesSync(path, LONG_AGO, LONG_AGO);
  const walk = new EvidenceWalk({
    folder,
    keys: null,
    head: null,
    from: null,
    to: null,
    signal: new AbortController().signal,
    ...request,
  });
  const names: string[] = [];
  for await (const entries of walk.entries())
    for (const { entry } of entries)
      if (entry.kind === "decision") names.push(entry.decision.subject.name);
  return { ...walk.result(), names };
}

/** The lines of a file of the log, without their ends. */
export function linesOf(folder: string, number: number = 1): string[] {
  const path = segmentsIn(folder).find((s) => s.number === number)?.path ?? "";
  return readFileSync(path, "utf8").split("\n").slice(0, -1);
}

export function setLines(folder: string, lines: readonly string[], number: number = 1): void {
  const path = segmentsIn(folder).find((s) => s.number === number)?.path ?? "";
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
}

/** What somebody without the key can do: change entries, and make all hashes fit again. Signatures stay what they were. */
export function rechained(
  lines: readonly string[],
  change: (entry: Record<string, unknown>, index: number) => void,
): string[] {
  let previous: unknown = null;
  return lines.map((line, index) => {
    const split = splitEvidenceLine(Buffer.from(line));
    const entry = JSON.parse(split?.entry.toString() ?? "{}") as Record<string, unknown>;
    if (index > 0) entry["previous"] = previous;
    change(entry, index);
    const bytes = Buffer.from(JSON.stringify(entry));
    const signature = split?.signature ?? null;
    previous = entryHash({ entry: bytes, signature });
    const tail = signature === null ? "" : `,"signature":"${signature}"`;
    return `{"entry":${bytes},"hash":"${String(previous)}"${tail}}`;
  });
}
