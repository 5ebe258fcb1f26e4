import { count, grouped } from "../../../kit/phrase.ts";
import {
  countFlaws,
  type FixGroup,
  type Flaw,
  isKnownExploited,
} from "../../../model/fix-group.ts";
import type { ScanResult } from "../../../model/scan.ts";
import {
  closesPhrase,
  layerPhrase,
  placesOf,
  placesPhrase,
  reasonsOf,
  severitiesPhrase,
} from "../shared/fix-words.ts";
import { strip } from "./charts.ts";
import { html, idHtml } from "./escape.ts";

const FIXES_MAX = 60;
const FLAWS_MAX = 25;

/** The upgrades, most urgent first, each with what it closes. */
export function fixesSection(fixes: readonly FixGroup[], result: ScanResult): string {
  if (fixes.length === 0) return "";
  const cards = fixes.slice(0, FIXES_MAX).map((group, i) => fixCard(group, i + 1, result));
  const rest = fixes.length - FIXES_MAX;
  const more =
    rest > 0
      ? `<p class="soft">and ${count(rest, "more upgrade")}; the table below has their findings.</p>`
      : "";
  return `<h2>Fix in this order</h2>${cards.join("")}${more}`;
}

function fixCard(group: FixGroup, rank: number, result: ScanResult): string {
  const [first] = group.flaws;
  const places = placesOf(group.flaws.slice(0, 200).flatMap((flaw) => flaw.findings));
  const layer = layerPhrase(places[0]?.layer ?? null, result);
  const where = [placesPhrase(places, 3), layer].filter((part) => part !== null).join(" · ");
  const closes = closesPhrase(group).replace(/^closes (\S+?)(,|$)/, "closes <b>$1</b>$2");
  const hot = group.knownExploited > 0 ? ' class="closes hot"' : ' class="closes"';
  const shown = group.flaws.slice(0, FLAWS_MAX).map(flawItem);
  const rest = group.flaws.slice(FLAWS_MAX);
  const more =
    rest.length > 0
      ? `<li class="soft">and ${grouped(rest.length)} more: ${severitiesPhrase(rest)}</li>`
      : "";
  return `<article class="card fix"><div class="rank">${rank}</div><div><div class="what">upgrade ${html(group.upgrade, 200)} <span class="from">${html(group.from, 200)}</span> → <span class="to">${html(group.to, 200)}</span></div><div class="soft">${html(where, 400)}</div>${first === undefined ? "" : `<div class="soft">${html(reasonsOf(first).join(", "), 300)}</div>`}</div><div${hot}>${closes}</div>${strip(countFlaws(group.flaws.flatMap((f) => f.findings)).bySeverity)}<details${rank <= 3 ? " open" : ""}><summary>${severitiesPhrase(group.flaws)}</summary><ul class="flaws">${shown.join("")}${more}</ul></details></article>`;
}

function flawItem(flaw: Flaw): string {
  const summary = flaw.findings[0]?.vulnerability.summary ?? "";
  const tag = isKnownExploited(flaw) ? ' <span class="tag">known exploited</span>' : "";
  return `<li><span class="sev s-${flaw.severity}">${flaw.severity}</span> ${idHtml(flaw.id)}${tag} ${html(summary, 300)}</li>`;
}
