// CISA's catalogue of known exploited vulnerabilities. Source: the JSON schema that CISA publishes beside it.
import { type Fields, fieldsOf, isCve, isPlain, listOf, momentOf, textOf } from "./fields.ts";
import type { FeedSink } from "./sink.ts";

/** Whether JSON has the shape of the catalogue. */
export function isKev(value: Fields): boolean {
  return typeof value["catalogVersion"] === "string" && Array.isArray(value["vulnerabilities"]);
}

/** Reads the catalogue. Never throws. */
export function readKev(catalogue: Fields, sink: FeedSink): void {
  const released = momentOf(catalogue["dateReleased"]);
  if (released !== null) sink.current(released);
  for (const value of listOf(catalogue["vulnerabilities"])) {
    const entry = fieldsOf(value);
    const cve = textOf(entry?.["cveID"], 40);
    const addedAt = momentOf(entry?.["dateAdded"]);
    if (entry === null || cve === null || !isCve(cve) || addedAt === null) {
      sink.problem("an entry has no CVE id or no date");
      continue;
    }
    const ransomware = textOf(entry["knownRansomwareCampaignUse"], 40)?.toLowerCase() === "known";
    const title = textOf(entry["vulnerabilityName"], 300) ?? "";
    const known = { addedAt, dueAt: momentOf(entry["dueDate"]), ransomware };
    sink.exploited(cve, known, isPlain(title) ? title : "");
  }
}
