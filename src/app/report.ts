import { AppError } from "../kit/error.ts";
import type { GateResult } from "../model/gate.ts";
import type { ScanResult } from "../model/scan.ts";
import { gateReporters, reporters } from "../plugins/reporters/index.ts";
import type { ReportSurroundings } from "../stages/report/contract.ts";

/** The words that `--format` takes. */
export const REPORT_FORMATS: readonly string[] = Object.keys(reporters);

/** The words that `bulwark gate --format` takes. */
export const GATE_FORMATS: readonly string[] = Object.keys(gateReporters);

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
  return (await loaderOf(reporters, format)()).report(results, surroundings);
}

/**
 * The same in pieces, as far as the format knows how.
 *
 * @throws {AppError} `usage` for a format that does not exist.
 */
export async function reportPieces(
  results: readonly ScanResult[],
  format: string,
  surroundings: ReportSurroundings,
): Promise<Iterable<string>> {
  const reporter = await loaderOf(reporters, format)();
  return reporter.pieces?.(results, surroundings) ?? [reporter.report(results, surroundings)];
}

/**
 * Turns what a policy says into a report.
 *
 * @throws {AppError} `usage` for a format that does not exist.
 */
export async function reportGate(
  gate: GateResult,
  format: string,
  surroundings: ReportSurroundings,
): Promise<string> {
  return (await loaderOf(gateReporters, format)()).report(gate, surroundings);
}

function loaderOf<T>(
  all: Readonly<Record<string, () => Promise<T>>>,
  format: string,
): () => Promise<T> {
  const load = Object.hasOwn(all, format) ? all[format] : undefined;
  if (load !== undefined) return load;
  throw new AppError("usage", `cannot write format ${JSON.stringify(format)}: there is none`);
}
