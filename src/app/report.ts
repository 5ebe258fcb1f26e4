import { AppError } from "../kit/error.ts";
import type { ScanResult } from "../model/scan.ts";
import { reporters } from "../plugins/reporters/index.ts";
import type { ReportSurroundings } from "../stages/report/contract.ts";

/** The words that `--format` takes. */
export const REPORT_FORMATS: readonly string[] = Object.keys(reporters);

/**
 * Turns results into a report; only the format that is asked for is loaded.
 *
 * @throws {AppError} `usage` for a format that does not exist.
 */
export async function report(
  results: readonly ScanResult[],
  format: string,
  surroundings: ReportSurroundings,
): Promise<string> {
  const load = Object.hasOwn(reporters, format) ? reporters[format] : undefined;
  if (load === undefined)
    throw new AppError("usage", `cannot write format ${JSON.stringify(format)}: there is none`);
  return (await load()).report(results, surroundings);
}
