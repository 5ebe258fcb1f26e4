import { columns, cut, visible } from "../../../kit/display.ts";
import { count, grouped } from "../../../kit/phrase.ts";
import type { FixGroup } from "../../../model/fix-group.ts";
import {
  closesPhrase,
  layerPhrase,
  placesOf,
  placesPhrase,
  severitiesPhrase,
} from "../shared/fix-words.ts";
import { flawLine, type Section } from "./section.ts";

/** Fixes that are shown with their flaws, then one line each, then counted. */
const DETAILED_MAX = 10;
const LISTED_MAX = 40;
const FLAWS_MAX = 4;

/** What to upgrade, most urgent first. */
export function fixSection(section: Section): string[] {
  const { fixes } = section.groups;
  if (fixes.length === 0) return [];
  const detailed = fixes.slice(0, DETAILED_MAX);
  const listed = fixes.slice(DETAILED_MAX, LISTED_MAX);
  const rest = fixes.slice(LISTED_MAX);
  return [
    section.bold("TO FIX"),
    ...detailed.flatMap((group, i) => [
      headLine(group, i + 1, section),
      ...details(group, section),
    ]),
    ...listed.map((group, i) => headLine(group, DETAILED_MAX + i + 1, section)),
    ...(rest.length === 0 ? [] : [restLine(rest, section)]),
  ];
}

function headLine(group: FixGroup, rank: number, section: Section): string {
  const { bold, red, width } = section;
  const number = `${String(rank).padStart(2)}. `;
  const head = visible(`upgrade ${group.upgrade} ${group.from} → ${group.to}`);
  const end = closesPhrase(group);
  const paint = group.knownExploited > 0 ? red : (text: string): string => text;
  const room = width - number.length - columns(head) - columns(end);
  if (room >= 2) return `${number}${bold(head)}${" ".repeat(room)}${paint(end)}`;
  // The version to go to must be read whole: what it closes gives way to the next line.
  return `${number}${bold(cut(head, 3 * width))}\n    ${paint(end)}`;
}

function details(group: FixGroup, section: Section): string[] {
  const { dim, width, result } = section;
  const shown = group.flaws.slice(
    0,
    group.flaws.length === FLAWS_MAX + 1 ? FLAWS_MAX + 1 : FLAWS_MAX,
  );
  const rest = group.flaws.slice(shown.length);
  const places = placesOf(group.flaws.flatMap((flaw) => flaw.findings));
  const layer = layerPhrase(places[0]?.layer ?? null, result);
  const where = [placesPhrase(places, 2), layer].filter((part) => part !== null).join(" - ");
  return [
    ...shown.map((flaw) => flawLine(flaw, section)),
    ...(rest.length === 0
      ? []
      : [cut(`    and ${grouped(rest.length)} more: ${severitiesPhrase(rest)}`, width)]),
    dim(cut(`    in ${visible(where)}`, width)),
  ];
}

function restLine(rest: readonly FixGroup[], { dim }: Section): string {
  const flaws = new Set(rest.flatMap((group) => group.flaws.map((flaw) => flaw.id)));
  return dim(`    and ${count(rest.length, "more upgrade")}, closing ${grouped(flaws.size)}`);
}
