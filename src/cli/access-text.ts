// Who may do what, for people.
import type { AllowedRule, ExplainedAccess } from "../app/explain-access.ts";
import type { WrittenAt } from "../app/read-cluster.ts";
import type { GrantPath, WhoCan } from "../app/who-can.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { columns, padRight, visible, wrap } from "../kit/display.ts";
import { count, firstOf, list } from "../kit/phrase.ts";
import type { Problem } from "../model/problem.ts";
import type { Identity } from "../model/rbac.ts";
import type { AccessRequest } from "../model/rbac-rule.ts";
import type { Severity } from "../model/severity.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const INDENT = "  ";

/** One table: who, by which binding to which role, where. */
export function whoCanText({ request, entries, problems }: WhoCan, screen: Screen): string {
  const colours = palette(screen.colour);
  const people = new Set(entries.map(({ who }) => whoText(who))).size;
  const isAll = problems.length === 0 ? "" : ", as far as can be told";
  const head = `${requestText(request)} : ${people === 0 ? "nobody" : count(people, "subject")} by bindings${isAll}`;
  const rows = entries.map(({ who, as, names, by }) => {
    const only = names.length === 0 ? "" : `, only ${visible(firstOf(names, NAMES_SHOWN))}`;
    const whom = as === null ? whoText(who) : `${whoText(who)}, as ${whoText(as.identity)}`;
    const letIn = as === null ? "" : `${placeText(as.at)}, `;
    return [whom, `${whereText(by)}${only}`, byText(by), `${letIn}${atText(by)}`];
  });
  return joined([
    [colours.bold(head)],
    rows.length === 0 ? [] : tableLines(["WHO", "WHERE", "BY", "WRITTEN IN"], rows, colours),
    problemLines(problems, screen, colours),
    [
      colours.dim(
        "Besides, members of the group system:masters may do everything, whatever is bound.",
      ),
      ...(people === 0
        ? []
        : ["next: bulwark access explain WHO PATH… tells what else they may do"]),
    ],
  ]);
}

/** The dangers first, then everything, then who acts in their name. */
export function explainedText(explained: ExplainedAccess, screen: Screen): string {
  const colours = palette(screen.colour);
  const { who, groups, rules, actors, clouds, problems } = explained;
  const dangerous = rules.flatMap((rule) =>
    rule.dangers.map((danger) => ({ ...danger, by: rule.by })),
  );
  const head = `${whoText(who)} : ${count(rules.length, "rule")}, ${count(dangerous.length, "danger")}`;
  const worst = dangerous.map(({ severity, what, by }) => [
    severityText(severity, colours),
    visible(what),
    whereText(by),
    atText(by),
  ]);
  const everything = rules.map((rule) => [
    verbsText(rule),
    resourcesText(rule),
    whereText(rule.by),
    `${byText(rule.by)}${asText(rule)}`,
  ]);
  const pods = actors.map(({ kind, name, namespace, at, hasToken }) => [
    visible(`${kind} ${namespace}/${name}`),
    hasToken === false ? "without the token" : colours.yellow("has the token"),
    placeText(at),
  ]);
  return joined([
    [colours.bold(head)],
    groups.length === 0 ? [] : wrap(`member of ${list(groups.map(visible))}`, screen.width),
    worst.length === 0
      ? []
      : [colours.bold("DANGEROUS"), ...rowLines(worst).map((line) => INDENT + line)],
    everything.length === 0 ? [] : tableLines(["MAY", "WHAT", "WHERE", "BY"], everything, colours),
    pods.length === 0
      ? []
      : [
          colours.bold("PODS THAT ACT IN THIS NAME"),
          ...rowLines(pods).map((line) => INDENT + line),
        ],
    clouds.length === 0
      ? []
      : [
          colours.bold("IN THE CLOUD"),
          ...rowLines(clouds.map(({ what, at }) => [visible(what), placeText(at)])).map(
            (line) => INDENT + line,
          ),
        ],
    problemLines(problems, screen, colours),
  ]);
}

function asText({ asMemberOf, asUser }: AllowedRule): string {
  if (asMemberOf !== null) return `, as member of ${visible(asMemberOf)}`;
  return asUser === null ? "" : `, as user ${visible(asUser)}`;
}

function joined(blocks: readonly (readonly string[])[]): string {
  const texts = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

export function whoText({ kind, name, namespace }: Identity): string {
  return visible(`${kind} ${namespace === null ? "" : `${namespace}/`}${name}`);
}

function requestText(request: AccessRequest): string {
  if (request.kind === "url") return visible(`${request.verb} ${request.url}`);
  const { verb, group, resource, name, namespace } = request;
  const what = `${verb} ${resource}${group === "" ? "" : `.${group}`}${name === null ? "" : ` ${name}`}`;
  return visible(namespace === null ? what : `${what} in namespace ${namespace}`);
}

function whereText({ namespace }: GrantPath): string {
  return namespace === null ? "everywhere" : visible(`in ${namespace}`);
}

function byText({ binding, role }: GrantPath): string {
  return visible(`${binding} to ${role}`);
}

function atText({ bindingAt, ruleAt }: GrantPath): string {
  const binding = placeText(bindingAt);
  if (ruleAt === null) return `${binding}, Kubernetes itself`;
  const isBeside = ruleAt.path === bindingAt.path && ruleAt.line !== null;
  return `${binding}, ${isBeside ? ruleAt.line : placeText(ruleAt)}`;
}

function placeText({ path, line }: WrittenAt): string {
  return visible(line === null ? path : `${path}:${line}`);
}

function verbsText({ verbs }: AllowedRule): string {
  return verbs.includes("*") ? "everything" : visible(firstOf(verbs, 8));
}

const NAMES_SHOWN = 6;

function resourcesText({ groups, resources, names, urls }: AllowedRule): string {
  const named = names.length === 0 ? "" : ` named ${firstOf(names, NAMES_SHOWN)}`;
  const others = groups.filter((group) => group !== "" && group !== "*");
  const inGroups = others.length === 0 ? "" : ` of ${list(others)}`;
  const what = resources.includes("*") ? "all resources" : firstOf(resources, NAMES_SHOWN);
  const parts = [
    resources.length === 0 ? "" : `${what}${inGroups}${named}`,
    urls.length === 0 ? "" : `paths ${firstOf(urls, NAMES_SHOWN)}`,
  ];
  return visible(parts.filter((part) => part !== "").join("; "));
}

const SEVERITY_WIDTH = 8;

function severityText(severity: Severity, { alarm, red, yellow }: Palette): string {
  const text = padRight(severity, SEVERITY_WIDTH);
  if (severity === "critical") return alarm(text);
  return severity === "high" ? red(text) : yellow(text);
}

function tableLines(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { dim }: Palette,
): string[] {
  const [first = "", ...others] = rowLines([head, ...rows]);
  return [dim(first), ...others].map((line) => INDENT + line);
}

function rowLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => columns(row[at] ?? ""))),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : padRight(cell, widths[at] ?? 0)))
      .join("  "),
  );
}

const PROBLEMS_SHOWN = 20;

export function problemLines(
  problems: readonly Problem[],
  { width }: Screen,
  colours: Palette,
): string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, PROBLEMS_SHOWN).flatMap(({ path, detail }) => {
    const text = path === undefined ? detail : `${path}: ${detail}`;
    return wrap(visible(text), width - INDENT.length).map((line) => INDENT + line);
  });
  const left = problems.length - PROBLEMS_SHOWN;
  return [
    colours.bold(colours.yellow("NOT TOLD")),
    ...shown,
    ...(left > 0 ? [`${INDENT}and ${count(left, "more", "more")}; --format json has all`] : []),
  ];
}
