// What advisories say of what is audited: the most urgent flaws, in columns.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, padRight, visible, wrap } from "../kit/display.ts";
import { count, grouped } from "../kit/phrase.ts";
import { countedPhrase } from "../model/answer.ts";
import type { VulnerabilityFinding } from "../model/finding.ts";
import { countFlaws } from "../model/fix-group.ts";
import type { ScanResult } from "../model/scan.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const FLAWS_MAX = 10;

/** Packages, what is known of them, and what could not be compared. */
export function packageLines(packages: ScanResult, screen: Screen): string[] {
  const colours = palette(screen.colour);
  const system = packages.distribution === null ? "" : ` of ${packages.distribution.name}`;
  const all = packages.findings.filter(
    (one): one is VulnerabilityFinding => one.kind === "vulnerability",
  );
  const flaws = oncePerUpgrade(all);
  const found = all.length === 0 ? "nothing found" : countedPhrase(countFlaws(all));
  const told = `${count(packages.packages.length, "package")}${system}: ${found}`;
  const rows = flaws.slice(0, FLAWS_MAX).map((one) => flawCells(one));
  const widths = [0, 1, 2].map((i) => Math.max(0, ...rows.map((cells) => columns(cells[i] ?? ""))));
  const rest = flaws.length - rows.length;
  const notes = packages.problems.map(({ detail }) => detail);
  return [
    `${colours.bold("PACKAGES")}  ${visible(told)}`,
    ...rows.map((cells, index) => flawLine(cells, widths, flaws[index]?.severity, colours)),
    ...(rest > 0 ? [`    and ${grouped(rest)} more; --format json has all`] : []),
    ...notes.flatMap((note) =>
      wrap(visible(note), Math.max(60, screen.width) - 4).map((line) => colours.dim(`    ${line}`)),
    ),
  ];
}

/** Packages of one source have the same flaw, and the same upgrade closes it. */
function oncePerUpgrade(findings: readonly VulnerabilityFinding[]): VulnerabilityFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ vulnerability, fix, package: { name } }) => {
    const key = `${vulnerability.id}\n${fix.upgrade ?? name}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function flawCells({ severity, vulnerability, package: one, fix }: VulnerabilityFinding): string[] {
  const closed = fix.version === null ? "nothing closes it yet" : `closed by ${fix.version}`;
  return [severity, vulnerability.id, `${fix.upgrade ?? one.name} ${one.version}`, closed].map(
    visible,
  );
}

function flawLine(
  cells: readonly string[],
  widths: readonly number[],
  severity: string | undefined,
  { red, yellow, dim }: Palette,
): string {
  const [first = "", ...more] = cells.map((cell, i) => padRight(cell, widths[i] ?? 0));
  const isBad = severity === "critical" || severity === "high";
  const paint = isBad ? red : severity === "medium" ? yellow : dim;
  return `    ${paint(first)}  ${more.join("  ")}`.trimEnd();
}
