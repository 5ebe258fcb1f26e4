// An audit of a host, for people: what it is, what is wrong with it, and what to do next.
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible, wrap } from "../kit/display.ts";
import { count, grouped, list } from "../kit/phrase.ts";
import { countedPhrase } from "../model/answer.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import type { VulnerabilityFinding } from "../model/finding.ts";
import { countFlaws } from "../model/fix-group.ts";
import type { HostAudit } from "../model/host-audit.ts";
import { checkAnswer, checkText } from "./check-text.ts";
import { frameworkText } from "./framework-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const FLAWS_MAX = 10;

/** The answer in one line. */
export function hostAnswer(audit: HostAudit): string {
  return checkAnswer(asCheck(audit));
}

/** What a script would do away with, and what it would not. */
export function scriptAnswer({ findings }: HostAudit): string {
  const mended = findings.filter(({ steps }) => steps !== undefined).length;
  const rest = findings.length - mended;
  const left = rest === 0 ? "" : `; ${count(rest, "finding")} need somebody to decide`;
  return `read it before you run it: it mends ${count(mended, "finding")}${left}`;
}

/** The whole report. */
export function hostText(audit: HostAudit, screen: Screen): string {
  const result = asCheck(withoutName(audit));
  const report =
    result.framework === null
      ? checkText(result, screen)
      : frameworkText(result, result.framework, screen);
  const blocks = [
    headLines(audit, screen),
    [report.trimEnd()],
    packageLines(audit, screen),
    nextLines(audit, screen),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

/** Whose finding it is stands at the head, and need not stand in every line. */
function withoutName(audit: HostAudit): HostAudit {
  const own = audit.host.name === "" ? "host: " : `host ${audit.host.name}: `;
  const plain = (message: string): string =>
    message.startsWith(own) ? message.slice(own.length) : message;
  return {
    ...audit,
    findings: audit.findings.map((one) => ({ ...one, message: plain(one.message) })),
    problems: audit.problems.map((one) => ({ ...one, detail: plain(one.detail) })),
  };
}

function asCheck(audit: HostAudit): CheckResult {
  return { ...audit, schema: CHECK_SCHEMA };
}

/** What was looked at: a name and a value in each line. */
function headLines({ host }: HostAudit, screen: Screen): string[] {
  const { bold, yellow } = palette(screen.colour);
  const modules = host.securityModules;
  const rows: (readonly [name: string, value: string])[] = [
    ...host.engines.map(
      ({ name, version, standing }) =>
        [name, version === null ? standing : `${version}, ${standing}`] as const,
    ),
    ["containers", `${grouped(host.containers)} running`],
    ["security", modules === null ? "unknown" : list(modules) || "neither AppArmor nor SELinux"],
    ["cgroups", host.cgroups],
  ];
  const width = Math.max(...rows.map(([name]) => columns(name)));
  const title = host.name === "" ? "HOST" : `HOST ${visible(host.name)}`;
  const seen = host.isWhole ? "" : yellow("  not looked at as root: much is unknown");
  return [
    `${bold(title)}${seen}`,
    ...rows.map(([name, value]) =>
      cut(`    ${padRight(name, width)}  ${visible(value)}`, Math.max(60, screen.width)),
    ),
  ];
}

/** The system's packages: the most urgent flaws, in columns. */
function packageLines({ packages }: HostAudit, screen: Screen): string[] {
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

/** What to do next. */
function nextLines(audit: HostAudit, screen: Screen): string[] {
  const { bold } = palette(screen.colour);
  const mended = audit.findings.filter(({ steps }) => steps !== undefined).length;
  const root = audit.host.isLive ? "" : ` --root ${visible(audit.targets[0] ?? "")}`;
  const steps = [
    mended === 0
      ? null
      : `bulwark audit host${root} --fix-script -o fix.sh   writes down what mends ${count(mended, "finding")}`,
    audit.host.isWhole ? null : "sudo bulwark audit host   looks at the rest",
    audit.packages.data.kind === "full"
      ? null
      : "bulwark db update   has advisories for all packages",
  ].filter((step) => step !== null);
  return steps.length === 0 ? [] : [bold("NEXT"), ...steps.map((step) => `    ${step}`)];
}
