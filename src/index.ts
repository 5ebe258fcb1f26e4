// The library's door: what other programs may call. Everything here is public, and nothing else is.
export { type FailedTarget, runScan, type ScanRequest, type ScanRun } from "./app/scan.ts";
export type { Surroundings } from "./app/surroundings.ts";
export { AppError, ERROR_CODES, type ErrorCode } from "./kit/error.ts";
export { answerOf } from "./model/answer.ts";
export type { ArtifactSummary, Platform } from "./model/artifact.ts";
export type { Digest } from "./model/digest.ts";
export type { Finding, SuppressedFinding } from "./model/finding.ts";
export type { Package } from "./model/package.ts";
export { PROBLEM_CODES, type Problem, type ProblemCode } from "./model/problem.ts";
export { SCAN_SCHEMA, type ScanResult } from "./model/scan.ts";
export { SEVERITIES, type Severity } from "./model/severity.ts";
export type { Verdict } from "./model/verdict.ts";
