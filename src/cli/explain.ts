import { type Explained, type Explanation, explain } from "../app/explain.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { visible, wrap } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, firstOf, list } from "../kit/phrase.ts";
import type { Vulnerability } from "../model/advisory.ts";
import { subjectOf } from "../model/answer.ts";
import { type Finding, leadingScore, type VulnerabilityFinding } from "../model/finding.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

const SHOWN_MAX = 50;

export const explainCommand: Command = {
  name: "explain",
  summary: "tell why a finding matched, where, and what to do",
  usage: ["explain ID [options]"],
  details: [
    "ID is a CVE, GHSA or advisory id, the rule of another tool, or the id of one finding.",
    "Answers come out of the newest scan of each artifact on this machine, and out of the advisory data.",
  ],
  options: {
    db: { type: "string", value: "DIR", summary: "use the advisory store in this folder" },
    format: ANSWER_FORMAT,
  },
  examples: [["bulwark explain CVE-2021-44228", "everything known here about it"]],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const [id] = args;
    if (id === undefined || args.length > 1) {
      throw new AppError("usage", "cannot explain: name one id", {
        hint: "as in bulwark explain CVE-2021-44228; scans show the ids",
      });
    }
    const explanation = await explain(id, options.text("db"), surroundingsOf(invocation));
    if (options.text("format") === "json") {
      const document = { schema: "bulwark.dev/explain/v1", ...explanation };
      await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      await terminal.print(textOf(explanation, terminal));
    }
    return 0;
  },
};

function textOf(explanation: Explanation, terminal: Terminal): string {
  const { id, found, artifacts } = explanation;
  const { bold } = palette(terminal.colour);
  const counting = found.filter((f) => f.suppressed === null).length;
  const aside = found.length === counting ? "" : `, ${found.length - counting} of them suppressed`;
  const absent =
    explanation.ofPackage.length === 0
      ? `not found in ${count(artifacts, "scanned artifact")}`
      : "no id, but a package that was scanned";
  const answer =
    found.length === 0
      ? absent
      : `${count(found.length, "finding")} in ${count(artifacts, "scanned artifact")}${aside}`;
  const vulnerability = explanation.vulnerability ?? vulnerabilityOf(found[0]?.finding);
  const lines = [
    bold(`${visible(id)}: ${answer}`),
    ...(vulnerability === null ? unknown(explanation) : flawLines(vulnerability, terminal)),
    ...found.slice(0, SHOWN_MAX).flatMap((one) => foundLines(one, terminal)),
  ];
  const more = found.length - SHOWN_MAX;
  if (more > 0) lines.push("", `and ${more} more; --format json lists all`);
  return `${lines.join("\n")}\n`;
}

function vulnerabilityOf(finding: Finding | undefined): Vulnerability | null {
  return finding?.kind === "vulnerability" ? finding.vulnerability : null;
}

function unknown({ found, data, ofPackage }: Explanation): string[] {
  if (found.length > 0) return [];
  const [first] = ofPackage;
  if (first !== undefined) {
    return [
      "",
      `it has ${count(ofPackage.length, "flaw")}: ${firstOf(ofPackage.map(visible), 10)}`,
      `bulwark explain ${visible(first)} tells about the most urgent`,
    ];
  }
  return [
    "",
    data.kind === "full"
      ? "the advisory store does not know this id; bulwark db status tells what it holds"
      : "the starter pack does not know this id; bulwark db update fetches all that publishers say",
  ];
}

function flawLines(flaw: Vulnerability, { colour, width }: Terminal): string[] {
  const { red, dim } = palette(colour);
  const score = leadingScore(flaw.cvss);
  const exploited = flaw.knownExploited;
  return [
    "",
    ...wrap(visible(flaw.summary || "no description"), width),
    "",
    row(
      "severity",
      flaw.severity + (score === null ? "" : `, CVSS ${score.version} ${score.score}`),
    ),
    row("vector", score === null ? "" : visible(score.vector)),
    row("exploited", exploited === null ? "" : red(`known since ${exploited.addedAt}`)),
    row(
      "EPSS",
      flaw.epss === null ? "" : `${(flaw.epss.probability * 100).toFixed(1)} % within 30 days`,
    ),
    row("also known as", flaw.aliases.map(visible).join(", ")),
    row("published", (flaw.publishedAt ?? "").slice(0, 10)),
    ...flaw.references.slice(0, 3).map((url) => row("see", dim(visible(url)))),
  ].filter((line, i) => i < 3 || line !== "");
}

function row(label: string, value: string): string {
  return value === "" ? "" : `${label.padEnd(14)} ${value}`;
}

function foundLines(one: Explained, { colour, width }: Terminal): string[] {
  const colours = palette(colour);
  const { finding, artifact, suppressed } = one;
  return [
    "",
    colours.bold(visible(subjectOf(artifact))),
    ...(finding.kind === "vulnerability"
      ? matchLines(finding)
      : [row("rule", visible(finding.rule.title)), row("message", visible(finding.message))]),
    ...finding.locations
      .slice(0, 5)
      .map((place) =>
        row("where", whereText(place, artifact.layers[place.layer ?? -1]?.createdBy)),
      ),
    row("priority", `${finding.priority.score}: ${list(finding.priority.reasons.map(visible))}`),
    suppressed === null ? "" : row("suppressed", suppressedText(one)),
    ...adviceLines(one, colours),
  ]
    .filter((line, i) => i === 0 || line !== "")
    .flatMap((line) => (line.includes("\u001b") ? [line] : wrapped(line, width)));
}

/** Continuation lines stand under the value, not under the label. */
function wrapped(line: string, width: number): string[] {
  const [first = "", ...rest] = wrap(line, width - 15);
  return [first, ...rest.map((l) => `${" ".repeat(15)}${l}`)];
}

function matchLines({ package: found, match }: VulnerabilityFinding): string[] {
  return [
    row("package", `${visible(found.name)} ${visible(found.version)} (${found.type})`),
    row(
      "matched",
      `${visible(match.lookedUp)} in ${visible(match.ecosystem)} is affected at ${visible(match.range)}`,
    ),
    row("says", `${visible(match.advisory)} (${match.source})`),
  ];
}

function whereText(
  place: Finding["locations"][number],
  createdBy: string | null | undefined,
): string {
  const line = place.line === undefined ? "" : `:${place.line}`;
  const layer = place.layer === null ? "" : `, layer ${place.layer + 1}`;
  const history = createdBy === null || createdBy === undefined ? "" : ` (${visible(createdBy)})`;
  return `${visible(place.path)}${line}${layer}${history}`;
}

function suppressedText({ suppressed }: Explained): string {
  if (suppressed === null) return "";
  const owner = suppressed.owner === null ? "" : `, ${visible(suppressed.owner)}`;
  const until = suppressed.until === null ? "" : `, until ${suppressed.until}`;
  return `by ${suppressed.by}: ${visible(suppressed.reason)}${owner}${until}`;
}

function adviceLines({ finding }: Explained, { green }: Palette): string[] {
  if (finding.kind !== "vulnerability")
    return finding.rule.help === null ? [] : [row("to do", visible(finding.rule.help))];
  const { fix } = finding;
  const upgrade = visible(fix.upgrade ?? finding.package.name);
  if (fix.state === "available" && fix.version !== null)
    return [row("to do", green(`upgrade ${upgrade} to ${visible(fix.version)} or later`))];
  if (fix.state === "wont-fix")
    return [
      row("to do", `the publisher will not fix ${upgrade}; replace it or record an exception`),
    ];
  if (fix.state === "none")
    return [
      row("to do", "no fix yet; remove what is not needed, or record an exception with an end"),
    ];
  return [row("to do", "the publisher does not say whether there is a fix")];
}
