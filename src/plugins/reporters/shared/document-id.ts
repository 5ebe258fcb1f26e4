import { stableId } from "../../../kit/stable-id.ts";
import type { ScanResult } from "../../../model/scan.ts";

/**
 * Names a document by what it says: the same results give the same UUID, others another one. Version 8, which is free in its
 * digits (RFC 9562, section 5.8).
 */
export function documentUuid(results: readonly ScanResult[], format: string): string {
  const parts = results.flatMap(({ artifact, scannedAt, tool, packages, findings }) => [
    artifact.digest ?? artifact.target,
    scannedAt,
    tool.version,
    String(packages.length),
    String(findings.length),
  ]);
  const hex = stableId([format, ...parts]) + stableId(["second half", format, ...parts]);
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join("-");
}
