// For programs: the result itself. Its fields are public and described by docs/reference/scan.schema.json.
import { SCANS_SCHEMA, type ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { jsonText } from "../shared/json-text.ts";

export const json: Reporter = {
  id: "json",
  title: "the whole result, for programs",
  needs: [],
  state: "stable",
  mediaType: "application/json",
  report: (results) => {
    const [only] = results;
    const document = only !== undefined && results.length === 1 ? only : wrapped(results);
    return jsonText(document, results);
  },
};

/** What is written for several targets, in the order in which they were named. */
export interface ScanResults {
  readonly schema: typeof SCANS_SCHEMA;
  readonly results: readonly ScanResult[];
}

function wrapped(results: readonly ScanResult[]): ScanResults {
  return { schema: SCANS_SCHEMA, results };
}
