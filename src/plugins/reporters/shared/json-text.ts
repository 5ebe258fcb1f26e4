import type { ScanResult } from "../../../model/scan.ts";

/** Documents of more entries are read by programs alone, and indentation is a third of them. */
const INDENTED_MAX = 20_000;

/** How many blanks a JSON document is indented by: as long as somebody may look at it. */
export function indentOf(results: readonly ScanResult[]): number {
  const entries = results.reduce((n, r) => n + r.findings.length + r.packages.length, 0);
  return entries > INDENTED_MAX ? 0 : 2;
}

/** A JSON document with a line end. */
export function jsonText(document: object, results: readonly ScanResult[]): string {
  return `${JSON.stringify(document, null, indentOf(results))}\n`;
}
