// The answer of a scan in one line: the first line of every text output, and the title of every page.
import { age, count, grouped } from "../kit/phrase.ts";
import type { ArtifactSummary } from "./artifact.ts";
import { shortDigest } from "./digest.ts";
import { countFlaws, type FlawCounts, groupByFix } from "./fix-group.ts";
import { blocksVerdict, type Problem, type ProblemCode } from "./problem.ts";
import type { ScanResult } from "./scan.ts";

/**
 * The answer, as `api @12ab34cd56ef : 1 known exploited, 9 high; upgrading openssl closes 7; data 3 h old; 2 files unreadable`.
 *
 * Whatever makes it less than a full answer stands first. Not neutralised: names come out of the artifact, and whoever prints
 * passes the line through `visible`.
 */
export function answerOf(result: ScanResult): string {
  return `${subjectOf(result.artifact)} : ${answerParts(result).join("; ")}`;
}

/** The answer without its subject, piece by piece, most important first. */
export function answerParts(result: ScanResult): string[] {
  const counts = countFlaws(result.findings);
  return [
    standing(result),
    counted(counts, result),
    topFix(result),
    endOfLife(result),
    dataAge(result),
    unreadable(result.problems),
    unlocked(result.problems),
  ].filter((part) => part !== null);
}

/** What was examined, for people: `api @12ab34cd56ef`, or the target where there is no digest. */
export function subjectOf(artifact: ArtifactSummary): string {
  const { digest } = artifact;
  const name = shortNameOf(artifact);
  return digest === null ? name : `${name} @${shortDigest(digest)}`;
}

/**
 * The name under which decisions about an artifact are kept: the repository of its reference, without tag and digest; the
 * target as written where there is no reference. Two names that share a digest do not share an exception.
 */
export function artifactName(artifact: ArtifactSummary): string {
  if (artifact.reference === null) return artifact.target;
  const withoutDigest = artifact.reference.split("@", 1)[0] ?? "";
  const slash = withoutDigest.lastIndexOf("/");
  const colon = withoutDigest.lastIndexOf(":");
  return colon > slash ? withoutDigest.slice(0, colon) : withoutDigest;
}

/** The last part of the name: `api` of `registry.example/team/api:1.2`, `app` of `oci:/tmp/app`. */
function shortNameOf(artifact: ArtifactSummary): string {
  const { kind, target } = artifact;
  if (artifact.reference !== null) return lastPart(artifactName(artifact));
  if (kind === "project" || kind === "filesystem") {
    const folder = target.replace(/^(dir|rootfs):/, "");
    return /^\.?\/?$/.test(folder) && kind === "project" ? "this project" : folder;
  }
  return lastPart(
    target.replace(/^(oci|oci-archive|docker-archive|docker|podman|sbom|sarif):/, ""),
  );
}

function lastPart(name: string): string {
  const trimmed = name.replace(/\/$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1) || name;
}

/** Whether advisory data matters: findings of other tools and of configuration are not matched with any. */
export function needsData({ kind }: Pick<ArtifactSummary, "kind">): boolean {
  return kind !== "sarif" && kind !== "configuration";
}

/** Why this is not a full answer; null when it is one. */
export function incompleteness(result: ScanResult): string | null {
  if (isAbsent(result)) return "it was not scanned";
  if (needsData(result.artifact) && result.data.kind === "starter")
    return "only the built-in starter data answered";
  if (needsData(result.artifact) && result.data.kind === "none") return "no advisory data answered";
  const blocking = result.problems.filter(blocksVerdict);
  if (blocking.length > 0) return `${count(blocking.length, "part")} could not be examined`;
  return result.verdict.outcome === "undecided" ? (result.verdict.reasons[0] ?? "") : null;
}

function standing(result: ScanResult): string | null {
  if (result.verdict.outcome === "deny")
    return `denied, ${result.verdict.reasons[0] ?? "threshold reached"}`;
  const missing = incompleteness(result);
  if (missing === null) return null;
  const word = result.verdict.outcome === "undecided" ? "undecided" : "incomplete";
  return missing === "" ? word : `${word}, ${missing}`;
}

/** Whether there was nothing to look at: the image of a Compose file, say, that could not be had. */
function isAbsent({ artifact, packages, problems }: ScanResult): boolean {
  if (artifact.digest !== null || packages.length > 0) return false;
  return problems.some((problem) => problem.code === "image-unavailable");
}

function counted(counts: FlawCounts, result: ScanResult): string | null {
  if (isAbsent(result)) return null;
  return counts.total === 0 ? `nothing found${within(result)}` : countedPhrase(counts);
}

/** `1 known exploited, 9 high, 3 lower`: the grave ones one by one, the rest together. */
export function countedPhrase(counts: FlawCounts): string {
  const { critical, high, medium, low, negligible, unknown } = counts.bySeverity;
  const lower = medium + low + negligible;
  const grave = critical + high + counts.knownExploited > 0;
  const parts = [
    counts.knownExploited > 0 ? `${grouped(counts.knownExploited)} known exploited` : "",
    critical > 0 ? `${grouped(critical)} critical` : "",
    high > 0 ? `${grouped(high)} high` : "",
    ...(grave
      ? [lower > 0 ? `${grouped(lower)} lower` : ""]
      : [
          medium > 0 ? `${grouped(medium)} medium` : "",
          low > 0 ? `${grouped(low)} low` : "",
          negligible > 0 ? `${grouped(negligible)} negligible` : "",
        ]),
    unknown > 0 ? `${grouped(unknown)} of unknown severity` : "",
  ];
  return parts.filter((p) => p !== "").join(", ");
}

function within(result: ScanResult): string {
  if (result.artifact.kind === "sarif") return " by the tools that wrote the document";
  const aside =
    result.suppressed.length > 0 ? ` but ${grouped(result.suppressed.length)} suppressed` : "";
  return result.packages.length === 0
    ? `${aside}: no packages were recognised`
    : `${aside} in ${count(result.packages.length, "package")}`;
}

function topFix(result: ScanResult): string | null {
  const [first] = groupByFix(result.findings).fixes;
  return first === undefined
    ? null
    : `upgrading ${first.upgrade} closes ${grouped(first.flaws.length)}`;
}

function endOfLife({ distribution }: ScanResult): string | null {
  const end = distribution?.endOfLife;
  if (distribution === null || end?.ended !== true) return null;
  return `${distribution.id} ${distribution.versionId ?? distribution.codename ?? ""} is end of life`;
}

function dataAge(result: ScanResult): string | null {
  if (!needsData(result.artifact) || result.data.kind !== "full") return null;
  return result.data.ageHours === null
    ? "data of unknown age"
    : `data ${age(result.data.ageHours)}`;
}

const FILE_CODES: readonly ProblemCode[] = ["file-damaged", "file-too-large", "file-unreadable"];

function unreadable(problems: readonly Problem[]): string | null {
  const files = problems.filter((p) => FILE_CODES.includes(p.code)).length;
  return files === 0 ? null : `${count(files, "file")} unreadable`;
}

/** It changes no verdict, and "nothing found" must not be read without it. */
function unlocked(problems: readonly Problem[]): string | null {
  return problems.some(({ code }) => code === "declared-only")
    ? "not all versions are known"
    : null;
}
