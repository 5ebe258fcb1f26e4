import { count, grouped } from "../../../kit/phrase.ts";
import type { Finding, RuleFinding } from "../../../model/finding.ts";
import { type Flaw, isKnownExploited } from "../../../model/fix-group.ts";
import type { PackageLocation } from "../../../model/package.ts";
import { SEVERITIES, type Severity } from "../../../model/severity.ts";
import { placesOf, placesPhrase } from "../shared/fix-words.ts";
import { html, idHtml } from "./escape.ts";

/** More rows make a page that no browser likes to sort. */
const ROWS_MAX = 5000;

/** What is in the table: flaws of one artifact, and what other tools found in its code. */
export interface Listed {
  /** Empty when there is only one. */
  readonly subject: string;
  readonly flaws: readonly Flaw[];
  readonly code: readonly RuleFinding[];
}

interface Row {
  readonly severity: Severity;
  readonly score: number;
  readonly flags: string;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly fix: string;
  readonly about: string;
  readonly where: string;
  readonly isExploited: boolean;
  readonly subject: string;
}

/** One table of everything, most urgent first, with search, filters and order. */
export function findingsSection(listed: readonly Listed[]): string {
  const all = listed.flatMap(({ subject, flaws, code }) => [
    ...flaws.map((flaw) => ({ score: flaw.score, make: () => flawRow(flaw, subject) })),
    ...code.map((finding) => ({
      score: finding.priority.score,
      make: () => codeRow(finding, subject),
    })),
  ]);
  if (all.length === 0) return "";
  const rows = all
    .sort((a, b) => b.score - a.score)
    .slice(0, ROWS_MAX)
    .map(({ make }) => make());
  const severities = SEVERITIES.filter((s) => rows.some((row) => row.severity === s));
  const isShared = listed.length > 1;
  const dropped = all.length - rows.length;
  const note =
    dropped > 0
      ? `<p class="soft">The ${grouped(rows.length)} most urgent of ${count(all.length, "finding")}; the JSON report has all.</p>`
      : "";
  const heads = [
    "priority",
    "finding",
    "severity",
    ...(isShared ? ["artifact"] : []),
    "package",
    "installed",
    "fixed in",
    "what and where",
  ];
  return `<h2>All findings</h2>${note}<div class="tools"><input id="search" type="search" placeholder="search id, package, path, text" aria-label="search"><span></span>${severities.map((s) => filterButton(`s:${s}`, s)).join("")}${filterButton("f:fix", "has a fix")}${filterButton("f:exploited", "known exploited")}<span class="count" id="count"></span></div>
<div class="scroll"><table id="findings"><thead><tr>${heads.map((head, i) => `<th${i === 0 ? ' aria-sort="descending"' : ""}><button type="button">${head}</button></th>`).join("")}</tr></thead><tbody>
${rows.map((row) => rowHtml(row, isShared)).join("\n")}
</tbody></table></div>`;
}

function filterButton(filter: string, label: string): string {
  return `<button type="button" data-filter="${filter}" aria-pressed="false">${label}</button>`;
}

function flawRow(flaw: Flaw, subject: string): Row {
  const [first] = flaw.findings;
  const fixes = new Set(flaw.findings.map((f) => f.fix.version ?? "").filter((v) => v !== ""));
  const isExploited = isKnownExploited(flaw);
  return {
    severity: flaw.severity,
    score: flaw.score,
    flags: `${fixes.size > 0 ? "fix" : ""} ${isExploited ? "exploited" : ""}`.trim(),
    id: flaw.id,
    name: distinct(flaw.findings.map((f) => f.package.name)),
    version: distinct(flaw.findings.map((f) => f.package.version)),
    fix: distinct([...fixes]),
    about: first?.vulnerability.summary ?? "",
    where: whereOf(flaw.findings),
    isExploited,
    subject,
  };
}

function codeRow(finding: RuleFinding, subject: string): Row {
  return {
    severity: finding.severity,
    score: finding.priority.score,
    flags: "",
    id: finding.rule.id,
    name: finding.tool,
    version: "",
    fix: "",
    about: finding.message || finding.rule.title,
    where: whereOf([finding]),
    isExploited: false,
    subject,
  };
}

const NAMES_MAX = 3;

function distinct(texts: readonly string[]): string {
  const names = [...new Set(texts)];
  const rest = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(", ") + (rest > 0 ? ` and ${grouped(rest)} more` : "");
}

function whereOf(
  findings: readonly (Finding & { readonly locations: readonly PackageLocation[] })[],
): string {
  return placesPhrase(placesOf(findings.slice(0, 20)), 2);
}

function rowHtml(row: Row, isShared: boolean): string {
  const tag = row.isExploited ? ' <span class="tag">known exploited</span>' : "";
  const rank = SEVERITIES.length - SEVERITIES.indexOf(row.severity);
  return `<tr data-s="${row.severity}" data-f="${row.flags}"><td class="num" data-v="${row.score}">${Math.round(row.score)}</td><td>${idHtml(row.id)}${tag}</td><td data-v="${rank}"><span class="sev s-${row.severity}">${row.severity}</span></td>${isShared ? `<td>${html(row.subject, 80)}</td>` : ""}<td>${html(row.name, 120)}</td><td><code>${html(row.version, 80)}</code></td><td><code>${html(row.fix, 80) || "–"}</code></td><td class="about">${html(row.about, 300)}<div class="where">${html(row.where, 200)}</div></td></tr>`;
}
