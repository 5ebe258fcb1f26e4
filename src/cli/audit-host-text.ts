// An audit of a host, for people: what it is, what is wrong with it, and what to do next.
import { palette } from "../kit/colour.ts";
import { columns, padRight, visible } from "../kit/display.ts";
import { count, list } from "../kit/phrase.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import type { HostAudit } from "../model/host-audit.ts";
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
  return `${headLines(audit, screen).join("\n")}\n\n${report}`;
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
  const { bold, dim } = palette(screen.colour);
  const rows = [
    ...host.engines.map(({ name, version, standing }) => [
      name,
      version === null ? standing : `${version}, ${standing}`,
    ]),
    ["containers", `${host.containers} running`],
    [
      "security",
      host.securityModules === null
        ? "unknown"
        : list(host.securityModules) || "no security module",
    ],
    ["cgroups", host.cgroups],
  ] as const;
  const width = Math.max(...rows.map(([name = ""]) => columns(name)));
  const title = host.name === "" ? "HOST" : `HOST ${visible(host.name)}`;
  const seen = host.isWhole ? "" : dim("  not looked at as root: much is unknown");
  return [
    `${bold(title)}${seen}`,
    ...rows.map(([name = "", value = ""]) => `    ${padRight(name, width)}  ${visible(value)}`),
  ];
}
