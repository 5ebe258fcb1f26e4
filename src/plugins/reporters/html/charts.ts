// Charts as SVG inside the page: no library, no network, sharp on paper.
import { cut, visible } from "../../../kit/display.ts";
import { grouped } from "../../../kit/phrase.ts";
import { SEVERITIES, type Severity } from "../../../model/severity.ts";
import { html } from "./escape.ts";

export type Counts = Readonly<Record<Severity, number>>;

const RADIUS = 70;
const HOLE = 46;

/** A ring of how many flaws there are of each severity, with the total in the middle. */
export function ring(counts: Counts): string {
  const total = sum(counts);
  const present = SEVERITIES.filter((s) => counts[s] > 0);
  let from = 0;
  const arcs = present.map((severity) => {
    const to = from + counts[severity] / total;
    const path = arc(from, to);
    from = to;
    return `<path class="f-${severity}" d="${path}"><title>${grouped(counts[severity])} ${severity}</title></path>`;
  });
  const label = present.map((s) => `${grouped(counts[s])} ${s}`).join(", ");
  const empty = total === 0 ? `<path class="f-line" d="${arc(0, 1)}"/>` : "";
  const legend = present
    .map((s) => `<span><i class="b-${s}"></i>${grouped(counts[s])} ${s}</span>`)
    .join("");
  return `<svg viewBox="-80 -80 160 160" role="img" aria-label="${label || "nothing found"}" style="max-width:220px;margin:0 auto">${empty}${arcs.join("")}<text class="big" text-anchor="middle" y="6" style="font-size:${bigSize(total)}px">${grouped(total)}</text><text class="soft" text-anchor="middle" y="25">${total === 1 ? "flaw" : "flaws"}</text></svg><div class="legend">${legend}</div>`;
}

/** The total fits into the hole, however many digits it has. */
function bigSize(total: number): number {
  return Math.min(30, Math.floor(130 / grouped(total).length));
}

function sum(counts: Counts): number {
  return SEVERITIES.reduce((n, s) => n + counts[s], 0);
}

/** Part of a ring, from and to in turns. A whole one is drawn as two halves, because an arc onto itself is nothing. */
function arc(from: number, to: number): string {
  if (to - from > 0.9999) return `${arc(0, 0.5)} ${arc(0.5, 1)}`;
  const point = (turn: number, radius: number): string => {
    const angle = turn * 2 * Math.PI - Math.PI / 2;
    return `${(radius * Math.cos(angle)).toFixed(2)} ${(radius * Math.sin(angle)).toFixed(2)}`;
  };
  const large = to - from > 0.5 ? 1 : 0;
  return `M${point(from, RADIUS)}A${RADIUS} ${RADIUS} 0 ${large} 1 ${point(to, RADIUS)}L${point(to, HOLE)}A${HOLE} ${HOLE} 0 ${large} 0 ${point(from, HOLE)}Z`;
}

/** A row of a bar chart. */
export interface Bar {
  readonly label: string;
  readonly counts: Counts;
}

const ROW = 28;
const LABEL = 200;
const BARS = 330;
const WIDTH = 600;

/** Bars of severities, one row each; the longest fills the width. */
export function bars(rows: readonly Bar[]): string {
  const most = Math.max(1, ...rows.map((row) => sum(row.counts)));
  const drawn = rows.map((row, i) => barRow(row, i, most));
  const label = rows.map((row) => `${html(row.label, 60)}: ${grouped(sum(row.counts))}`).join(", ");
  return `<svg viewBox="0 0 ${WIDTH} ${rows.length * ROW}" role="img" aria-label="${label}">${drawn.join("")}</svg>`;
}

function barRow({ label, counts }: Bar, at: number, most: number): string {
  const y = at * ROW;
  let x = LABEL + 10;
  const pieces = SEVERITIES.filter((s) => counts[s] > 0).map((severity) => {
    const width = Math.max(1.5, (counts[severity] / most) * BARS);
    const piece = `<rect class="f-${severity}" x="${x.toFixed(1)}" y="${y + 6}" width="${width.toFixed(1)}" height="16"><title>${grouped(counts[severity])} ${severity}</title></rect>`;
    x += width;
    return piece;
  });
  const shown = html(cut(visible(label), 28));
  return `<text x="${LABEL}" y="${y + 19}" text-anchor="end"><title>${html(label, 200)}</title>${shown}</text>${pieces.join("")}<text class="soft" x="${(x + 8).toFixed(1)}" y="${y + 19}">${grouped(sum(counts))}</text>`;
}

/** A thin bar of severities in HTML, for one card. */
export function strip(counts: Counts): string {
  const pieces = SEVERITIES.filter((s) => counts[s] > 0).map(
    (s) => `<i class="b-${s}" style="flex:${counts[s]}" title="${grouped(counts[s])} ${s}"></i>`,
  );
  return `<div class="bar">${pieces.join("")}</div>`;
}
