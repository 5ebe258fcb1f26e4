import type { ArtifactSummary } from "../../../model/artifact.ts";
import type { Finding } from "../../../model/finding.ts";
import { upgradeOf } from "../../../model/fix-group.ts";
import type { PackageLocation } from "../../../model/package.ts";
import type { Severity } from "../../../model/severity.ts";

/** SARIF's three levels. What is not known is worth a look. */
export function levelOf(severity: Severity): "error" | "warning" | "note" {
  if (severity === "critical" || severity === "high") return "error";
  return severity === "medium" || severity === "unknown" ? "warning" : "note";
}

/** Where a result stands: which rule it breaks, and by what it is known again. */
export interface ResultKeys {
  readonly ruleIndex: number;
  readonly fingerprint: string;
}

/** A finding as a result. */
export function resultOf(
  finding: Finding,
  { ruleIndex, fingerprint }: ResultKeys,
  artifact: ArtifactSummary,
): object {
  return {
    ruleId: ruleIdOf(finding),
    ruleIndex,
    level: levelOf(finding.severity),
    message: { text: messageOf(finding) },
    locations: locationsOf(finding.locations, artifact),
    partialFingerprints: { "bulwarkFinding/v1": fingerprint },
    properties: {
      severity: finding.severity,
      priority: finding.priority.score,
      reasons: finding.priority.reasons,
      ...factsOf(finding),
    },
  };
}

function factsOf(finding: Finding): object {
  if (finding.kind === "vulnerability")
    return { purl: finding.package.purl, match: finding.match, fix: finding.fix };
  if (finding.kind === "code") return { tool: finding.tool };
  if (finding.kind === "secret") return { secret: finding.secret, fix: finding.remedy };
  const { subject, pointer, value, remedy, controls } = finding;
  return { subject, pointer, value, fix: remedy, controls };
}

/** What its rule is called: the vulnerability, or the rule of the tool that found it. */
export function ruleIdOf(finding: Finding): string {
  return finding.kind === "vulnerability" ? finding.vulnerability.id : finding.rule.id;
}

function messageOf(finding: Finding): string {
  if (finding.kind !== "vulnerability") return finding.message || finding.rule.title;
  const { name, version } = finding.package;
  const { fix, vulnerability } = finding;
  const way =
    fix.state === "available" && fix.version !== null
      ? `upgrade ${upgradeOf(finding)} to ${fix.version}`
      : "there is no fix yet";
  const summary = vulnerability.summary === "" ? "" : `: ${vulnerability.summary}`;
  return `${name} ${version} is affected by ${vulnerability.id}${summary} (${way})`;
}

const LOCATIONS_MAX = 10;

/** At least one, because code hosts refuse results without: the artifact where there is no path. */
function locationsOf(locations: readonly PackageLocation[], artifact: ArtifactSummary): object[] {
  const places = locations.length > 0 ? locations : [{ path: artifact.target, layer: null }];
  return places.slice(0, LOCATIONS_MAX).map((place) => ({
    physicalLocation: {
      artifactLocation: { uri: uriOf(place.path) },
      region: {
        startLine: place.line ?? 1,
        ...(place.column === undefined ? {} : { startColumn: place.column }),
      },
    },
    ...(place.layer === null
      ? {}
      : { properties: { layer: artifact.layers[place.layer]?.diffId ?? place.layer } }),
  }));
}

/** A path as a relative URI reference (RFC 3986): a colon in its first segment would make a scheme of it. */
export function uriOf(path: string): string {
  const clean = path.replaceAll(/\p{Cs}/gu, "\ufffd").replace(/^\/+/, "");
  return clean.split("/").map(encodeURIComponent).join("/") || ".";
}
