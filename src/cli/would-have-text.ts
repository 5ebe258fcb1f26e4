// What enforcement would have ended, for people: a workload, how long it was watched, and each file with who ran it.
import type { WouldHaveAnswer } from "../app/would-have.ts";
import { visible } from "../kit/display.ts";
import { count } from "../kit/phrase.ts";
import { type WatchedRecord, type WouldHave, watchedSeconds } from "../model/watched-record.ts";
import { duration } from "./watch-text.ts";

/** Ends with a line end. */
export function wouldHaveText({ workloads }: WouldHaveAnswer): string {
  return `${workloads.map(workloadText).join("\n\n")}\n`;
}

function workloadText(record: WatchedRecord): string {
  const { workload, image, days } = record;
  const sum = (of: (day: (typeof days)[number]) => number): number =>
    days.reduce((total, day) => total + of(day), 0);
  const files = joined(days.flatMap((day) => day.wouldHave));
  const omitted = sum((day) => day.omitted);
  // One that is a program and a library has two rows.
  const known = new Set(files.map(({ path, sha256 }) => `${path} ${sha256 ?? ""}`)).size;
  const least = omitted > 0 ? "at least " : "";
  const said =
    files.length === 0
      ? "enforcement would have ended nothing"
      : `enforcement would have ended what runs ${least}${count(known, "file")}`;
  const lines = [
    `${visible(workload)} (${visible(image === "" ? record.digest : image)}), watched for ${duration(watchedSeconds(record))}: ${said}`,
    ...files.map(fileText),
  ];
  if (omitted > 0) lines.push(`  … and ${count(omitted, "use")} more of files that are not kept`);
  const [lost, unknown] = [sum((day) => day.lost), sum((day) => day.unknown)];
  if (lost > 0) lines.push(`  not seen: ${count(lost, "event")} of the host were lost meanwhile`);
  if (unknown > 0) lines.push(`  not known: of ${count(unknown, "file")} nothing can be told`);
  return lines.join("\n");
}

function fileText({ path, reason, count: times, last, command, sha256 }: WouldHave): string {
  const when = `${count(times, "time")}, last ${last.slice(0, 16).replace("T", " ")}`;
  const digest = sha256 === null ? "" : ` · sha256 ${sha256.slice(0, 12)}`;
  return `  ${visible(path)}  ${reason}\n    ${when} · ${visible(command)}${digest}`;
}

/** The same file of several days is one; what came most often stands first. */
function joined(all: readonly WouldHave[]): WouldHave[] {
  const found = new Map<string, WouldHave>();
  for (const one of all) {
    const key = `${one.use} ${one.path} ${one.sha256 ?? ""}`;
    const known = found.get(key);
    found.set(
      key,
      known === undefined ? one : { ...one, first: known.first, count: known.count + one.count },
    );
  }
  return [...found.values()].sort((a, b) => b.count - a.count || (a.path < b.path ? -1 : 1));
}
