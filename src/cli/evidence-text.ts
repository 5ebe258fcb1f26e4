// What bulwark evidence says to people.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible } from "../kit/display.ts";
import { count, grouped } from "../kit/phrase.ts";
import type { EvidenceCheck } from "../model/evidence-check.ts";
import type { AttributedDecision, EvidenceEntry } from "../model/evidence-entry.ts";
import type { Terminal } from "./terminal.ts";

const NOTES_SHOWN = 20;

/** The answer first, then what it stands on. */
export function checkText(check: EvidenceCheck & { readonly folder: string }): string {
  const { fault, notes, keys, head } = check;
  const lines = [
    fault === null
      ? `sound : ${count(check.entries, "entry", "entries")}, ${count(check.decisions, "decision")} in ${count(check.files, "file")}`
      : `broken : ${fault.file}, line ${fault.line}: ${fault.detail} (${fault.kind})`,
    `log     ${visible(check.folder)}`,
  ];
  if (check.firstSeq !== null)
    lines.push(
      `checked entries ${check.firstSeq} to ${check.lastSeq}, ${check.firstTime} to ${check.lastTime}`,
    );
  for (const { id, sinceSeq } of keys) lines.push(`key     ${id}, from entry ${sinceSeq} on`);
  if (head !== null) lines.push(`head    ${head}`);
  for (const { file, line, detail } of notes.slice(0, NOTES_SHOWN))
    lines.push(`note    ${file}, line ${line}: ${detail}`);
  if (notes.length > NOTES_SHOWN)
    lines.push(`note    ${grouped(notes.length - NOTES_SHOWN)} more; --format json has all`);
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}

/** A table, oldest first, as wide as the screen. */
export function entriesText(entries: readonly EvidenceEntry[], terminal: Terminal): string {
  const colours = palette(terminal.colour);
  const rows = entries.map(rowOf);
  const heads = ["entry", "time (UTC)", "what", "outcome", "who", "subject", "why"];
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => columns(row[i] ?? ""))),
  );
  const limits = widths.map((width, i) => Math.min(width, WIDTHS_MAX[i] ?? width));
  const used = limits.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  limits[heads.length - 1] = Math.max(20, terminal.width - used);
  const line = (cells: readonly string[], isHead: boolean): string =>
    cells
      .map((cell, i) => {
        const text = padRight(cut(cell, limits[i] ?? 0), limits[i] ?? 0);
        return i === 3 && !isHead ? coloured(text, colours) : text;
      })
      .join("  ")
      .trimEnd();
  return `${[colours.bold(line(heads, true)), ...rows.map((row) => line(row, false))].join("\n")}\n`;
}

const WIDTHS_MAX: readonly number[] = [10, 19, 11, 9, 18, 34];

function coloured(text: string, { red, yellow, green }: Palette): string {
  const word = text.trim();
  if (word === "deny" || word === "failed") return red(text);
  if (word === "undecided") return yellow(text);
  return word === "allow" || word === "done" ? green(text) : text;
}

function rowOf(entry: EvidenceEntry): string[] {
  const head = [String(entry.seq), entry.time.slice(0, 19).replace("T", " ")];
  switch (entry.kind) {
    case "decision":
      return [...head, ...decisionCells(entry.decision)].map(visible);
    case "torn":
      return [
        ...head,
        "torn",
        "",
        "",
        "",
        "a writer was stopped, or the disk was full before this",
      ];
    case "key":
      return [...head, "key", "", "", entry.key, "another key signs from here on"];
    default:
      return [...head, entry.kind, "", "", entry.key, "the log begins"];
  }
}

function decisionCells(decision: AttributedDecision): string[] {
  const { subject, actor, pipeline } = decision;
  const digest = subject.digest === null ? "" : ` @${subject.digest.slice(7, 19)}`;
  const who = pipeline === null ? actor.name : `${actor.name} (${pipeline.provider})`;
  // The end of a name says more than its beginning.
  const room = (WIDTHS_MAX[5] ?? 0) - digest.length;
  const name = columns(subject.name) > room ? `…${subject.name.slice(1 - room)}` : subject.name;
  return [decision.action, decision.outcome, who, `${name}${digest}`, decision.reasons.join("; ")];
}
