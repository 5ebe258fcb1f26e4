import { cut, visible } from "../../../kit/display.ts";
import { firstOf, grouped } from "../../../kit/phrase.ts";
import type { Flaw } from "../../../model/fix-group.ts";
import { severitiesPhrase } from "../shared/fix-words.ts";
import { flawLine, type Section } from "./section.ts";

const FLAWS_MAX = 5;

/** What no upgrade closes yet: the most urgent ones, and how many others there are. */
export function unfixedSection(section: Section): string[] {
  const { groups, bold, dim, width } = section;
  const flaws = groups.unfixed;
  if (flaws.length === 0) return [];
  const rest = flaws.slice(FLAWS_MAX);
  return [
    `${bold("NO FIX YET")}${dim(cut(`  ${grouped(flaws.length)}: ${severitiesPhrase(flaws)}`, width - 10))}`,
    ...flaws
      .slice(0, FLAWS_MAX)
      .flatMap((flaw) => [
        flawLine(flaw, section),
        dim(cut(`      ${visible(packagesOf(flaw))}${state(flaw)}`, width)),
      ]),
    ...(rest.length === 0
      ? []
      : [cut(`    and ${grouped(rest.length)} more: ${severitiesPhrase(rest)}`, width)]),
  ];
}

function packagesOf(flaw: Flaw): string {
  const names = flaw.findings.map((f) => `${f.package.name} ${f.package.version}`);
  return firstOf([...new Set(names)], 2);
}

function state(flaw: Flaw): string {
  return flaw.findings.every((f) => f.fix.state === "wont-fix")
    ? "; the publisher does not mean to fix it"
    : "";
}
