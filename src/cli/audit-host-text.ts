// An audit of a host, for people: what it is, what is wrong with it, and what to do next.
import { palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible } from "../kit/display.ts";
import { count, grouped, list } from "../kit/phrase.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import type { HostAudit } from "../model/host-audit.ts";
import { ONLY_RUNNING } from "../model/host-record.ts";
import type { Problem } from "../model/problem.ts";
import { packageLines } from "./audit-packages-text.ts";
import { checkAnswer, checkText } from "./check-text.ts";
import { frameworkText } from "./framework-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

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
    packageLines(audit.packages, screen),
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
    problems: folded(audit.problems.map((one) => ({ ...one, detail: plain(one.detail) }))),
  };
}

/** What no folder can have is told once, and not file by file. */
function folded(problems: readonly Problem[]): Problem[] {
  const isLive = ({ detail }: Problem): boolean => detail.endsWith(`: ${ONLY_RUNNING}`);
  const [first, ...others] = problems.filter(isLive);
  if (first === undefined || others.length === 0) return [...problems];
  const asked = [first, ...others].flatMap(
    ({ detail }) => /^cannot tell ([\w, -]+?):/.exec(detail)?.[1]?.split(/, | and /) ?? [],
  );
  const places = count(others.length + 1, "place");
  const told = list([...new Set(asked)].sort());
  const detail = `cannot tell ${told}: ${places} that only a host that runs has; run it there, or see --format json`;
  const { code } = first;
  return [...problems.filter((one) => !isLive(one)), { code, detail }];
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
