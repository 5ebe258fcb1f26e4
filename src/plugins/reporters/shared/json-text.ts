import type { ScanResult } from "../../../model/scan.ts";

/** Documents of more entries are read by programs alone, and indentation is a third of them. */
const INDENTED_MAX = 20_000;

/** A JSON document with a line end; indented as long as somebody may look at it. */
export function jsonText(document: object, results: readonly ScanResult[]): string {
  const entries = results.reduce((n, r) => n + r.findings.length + r.packages.length, 0);
  return `${JSON.stringify(document, null, entries > INDENTED_MAX ? 0 : 2)}\n`;
}
