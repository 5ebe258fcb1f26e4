import { cut, padRight, visible } from "../../../kit/display.ts";
import { grouped } from "../../../kit/phrase.ts";
import type { SecretFinding } from "../../../model/finding.ts";
import { placesPhrase } from "../shared/fix-words.ts";
import { type Section, severityColour } from "./section.ts";

const FINDINGS_MAX = 20;

/** Secrets that lie in content: what each is, where, and who can make it useless. */
export function secretsSection(section: Section): string[] {
  const secrets = section.groups.code.filter((finding) => finding.kind === "secret");
  if (secrets.length === 0) return [];
  const rest = secrets.length - FINDINGS_MAX;
  return [
    section.bold("SECRETS"),
    ...secrets.slice(0, FINDINGS_MAX).flatMap((finding) => secretLines(finding, section)),
    ...(rest > 0 ? [`    and ${grouped(rest)} more`] : []),
  ];
}

function secretLines(finding: SecretFinding, section: Section): string[] {
  const { width, dim, bold, result } = section;
  const rank = severityColour(finding.severity, section)(padRight(finding.severity, 10));
  const [first] = finding.locations;
  const layer = first?.layer ?? null;
  const inLayer = layer === null ? "" : ` (layer ${layer + 1} of ${result.artifact.layers.length})`;
  const where = `${placesPhrase(finding.locations, 1)}${inLayer}`;
  return [
    `    ${rank} ${bold(cut(visible(where), width - 15))}`,
    `      ${cut(visible(finding.message), width - 6)}`,
    dim(`      ${cut(visible(`${finding.remedy} [${finding.rule.id} ${finding.id}]`), width - 6)}`),
  ];
}
