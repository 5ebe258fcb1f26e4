import { age, count, grouped } from "../../../kit/phrase.ts";
import { answerParts, subjectOf } from "../../../model/answer.ts";
import { countFlaws, type FindingGroups } from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { SEVERITIES, type Severity } from "../../../model/severity.ts";
import { layerPhrase } from "../shared/fix-words.ts";
import { bars, type Counts, ring } from "./charts.ts";
import { html } from "./escape.ts";

const BARS_MAX = 8;

/** What a manager reads: the answer, the numbers, two charts. */
export function overview(result: ScanResult, groups: FindingGroups): string {
  return `<h1>${html(subjectOf(result.artifact))}</h1>
<p>${verdictChip(result)} <span class="answer">${html(answer(result))}</span></p>
${facts(result)}${tiles(result, groups)}${charts(result, groups)}`;
}

/** The chip before it says the outcome already. */
function answer(result: ScanResult): string {
  const said = `${OUTCOMES[result.verdict.outcome]}, `;
  const text = answerParts(result).join("; ");
  return text.startsWith(said) ? text.slice(said.length) : text;
}

const OUTCOMES: Record<ScanResult["verdict"]["outcome"], string> = {
  allow: "allowed",
  deny: "denied",
  undecided: "undecided",
  none: "no threshold asked",
};

function verdictChip({ verdict }: ScanResult): string {
  return `<span class="chip ${verdict.outcome}">${OUTCOMES[verdict.outcome]}</span>`;
}

function facts({ artifact, distribution, packages, data, scannedAt }: ScanResult): string {
  const end = distribution?.endOfLife;
  const rows: readonly (readonly [string, string])[] = [
    ["target", artifact.reference ?? artifact.target],
    ["digest", artifact.digest === null ? "" : `${artifact.digest.slice(0, 19)}…`],
    [
      "platform",
      artifact.platform === null ? "" : `${artifact.platform.os}/${artifact.platform.architecture}`,
    ],
    ["system", distribution?.name ?? ""],
    [
      "support",
      end === null || end === undefined ? "" : `${end.ended ? "ended on" : "until"} ${end.date}`,
    ],
    ["packages", grouped(packages.length)],
    ["data", dataPhrase(data)],
    ["scanned", `${scannedAt.slice(0, 16).replace("T", " ")} UTC`],
  ];
  const shown = rows.filter(([, value]) => value !== "");
  return `<dl class="facts">${shown.map(([name, value]) => `<div><dt>${name}</dt><dd>${html(value, 300)}</dd></div>`).join("")}</dl>`;
}

function dataPhrase(data: ScanResult["data"]): string {
  if (data.kind === "none") return "none";
  const size = count(data.advisories, "advisory", "advisories");
  if (data.kind === "starter") return `built-in starter data only, ${size}`;
  return data.ageHours === null ? size : `${size}, ${age(data.ageHours)}`;
}

function tiles(result: ScanResult, { fixes }: FindingGroups): string {
  const { bySeverity, knownExploited, total } = countFlaws(result.findings);
  const fixable = new Set(fixes.flatMap((group) => group.flaws.map((flaw) => flaw.id))).size;
  const tile = (kind: string, number: number, label: string): string =>
    `<div class="tile ${number === 0 ? "zero" : kind}"><b>${grouped(number)}</b><span>${label}</span></div>`;
  return `<div class="tiles">${[
    tile("exploited", knownExploited, "known exploited"),
    tile("critical", bySeverity.critical, "critical"),
    tile("high", bySeverity.high, "high"),
    tile("medium", bySeverity.medium, "medium"),
    tile("low", bySeverity.low + bySeverity.negligible + bySeverity.unknown, "low and other"),
    tile("good", fixable, `of ${grouped(total)} have a fix`),
  ].join("")}</div>`;
}

function charts(result: ScanResult, { fixes }: FindingGroups): string {
  const counts = countFlaws(result.findings);
  if (counts.total === 0) return "";
  const best = fixes.slice(0, BARS_MAX).map((group) => ({
    label: group.upgrade,
    counts: countFlaws(group.flaws.flatMap((flaw) => flaw.findings)).bySeverity,
  }));
  const layers = byLayer(result);
  const right =
    (best.length === 0 ? "" : `<h3>What the first upgrades close</h3>${bars(best)}`) +
    (layers.length < 2
      ? ""
      : `<h3 style="margin-top:18px">Where it comes from</h3>${bars(layers)}`);
  return `<div class="charts"><div class="card"><h3>How severe</h3>${ring(counts.bySeverity)}</div>${right === "" ? "" : `<div class="card">${right}</div>`}</div>`;
}

/** Findings by the layer that brought their package, the fullest first. */
function byLayer(result: ScanResult): { label: string; counts: Counts }[] {
  const layers = new Map<number, Record<Severity, number>>();
  for (const { severity, locations } of result.findings) {
    const layer = locations[0]?.layer ?? null;
    if (layer === null) continue;
    const counts =
      layers.get(layer) ??
      (Object.fromEntries(SEVERITIES.map((s) => [s, 0])) as Record<Severity, number>);
    counts[severity] += 1;
    layers.set(layer, counts);
  }
  return [...layers]
    .sort(([, a], [, b]) => total(b) - total(a))
    .slice(0, BARS_MAX)
    .map(([layer, counts]) => ({ label: layerPhrase(layer, result) ?? "", counts }));
}

function total(counts: Counts): number {
  return SEVERITIES.reduce((n, s) => n + counts[s], 0);
}
