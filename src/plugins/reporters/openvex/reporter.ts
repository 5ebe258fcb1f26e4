// What we know of vulnerabilities and what was decided about them, for other tools. Source: the OpenVEX specification, v0.2.0.
import type { ArtifactSummary } from "../../../model/artifact.ts";
import type { SuppressedFinding, VulnerabilityFinding } from "../../../model/finding.ts";
import { upgradeOf } from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import type { Reporter } from "../../../stages/report/contract.ts";
import { documentUuid } from "../shared/document-id.ts";
import { jsonText } from "../shared/json-text.ts";

export const openvex: Reporter = {
  id: "openvex",
  title: "OpenVEX, statements of what affects and what does not",
  needs: [],
  state: "stable",
  mediaType: "application/json",
  report: (results) => jsonText(documentOf(results), results),
};

function documentOf(results: readonly ScanResult[]): object {
  const [first] = results;
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": `https://bulwark.dev/vex/${documentUuid(results, "openvex")}`,
    author: "bulwark",
    role: "scanner",
    timestamp: first?.scannedAt,
    version: 1,
    tooling: `bulwark ${first?.tool.version ?? ""}`.trim(),
    statements: results.flatMap(statementsOf),
  };
}

function statementsOf({ artifact, findings, suppressed }: ScanResult): object[] {
  return [
    ...findings.filter((f) => f.kind === "vulnerability").map((f) => affected(f, artifact)),
    ...suppressed.flatMap((entry) =>
      entry.finding.kind === "vulnerability" ? [setAside(entry.finding, entry, artifact)] : [],
    ),
  ];
}

function affected(finding: VulnerabilityFinding, artifact: ArtifactSummary): object {
  const { fix } = finding;
  const action =
    fix.state === "available" && fix.version !== null
      ? `upgrade ${upgradeOf(finding)} to ${fix.version}`
      : "there is no fix yet";
  return { ...subjectOf(finding, artifact), status: "affected", action_statement: action };
}

/** The five words that the specification has; other reasons are statements in free text. */
const JUSTIFICATIONS: readonly string[] = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
];

/** An exception accepts a flaw for a time, which does not mean that it does not affect. */
function setAside(
  finding: VulnerabilityFinding,
  { by, reason, owner, until }: SuppressedFinding,
  artifact: ArtifactSummary,
): object {
  const subject = subjectOf(finding, artifact);
  if (by === "vex") {
    const why = JUSTIFICATIONS.includes(reason)
      ? { justification: reason }
      : { impact_statement: reason };
    return { ...subject, status: "not_affected", ...why };
  }
  if (by !== "exception") return affected(finding, artifact);
  const who = owner === null ? "" : ` by ${owner}`;
  const end = until === null ? "" : ` until ${until}`;
  return { ...subject, status: "affected", action_statement: `accepted${who}${end}: ${reason}` };
}

/** The package inside the image; the package itself where there is no digest. */
function subjectOf(finding: VulnerabilityFinding, { digest }: ArtifactSummary): object {
  const { id, aliases } = finding.vulnerability;
  const { purl } = finding.package;
  const part = { "@id": purl, identifiers: { purl } };
  const image = digest === null ? null : digest.slice("sha256:".length);
  return {
    vulnerability: { name: id, ...(aliases.length === 0 ? {} : { aliases }) },
    products: [
      image === null
        ? part
        : { "@id": `sha256:${image}`, hashes: { "sha-256": image }, subcomponents: [part] },
    ],
  };
}
