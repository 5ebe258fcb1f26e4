// Precision and recall on sets that others have labelled. A case belongs to a check of a peer; through the catalogue's rows it is
// known which of our checks have to answer it.
import type { CatalogueRow } from "./catalogue.ts";

export interface LabelledCase {
  /** The peer's check, as the catalogue names it: `kics:add_instead_of_copy`. */
  readonly peer: string;
  readonly file: string;
  /** Whether the file has a finding, or on which lines it has them. */
  readonly wanted: boolean | readonly number[];
}

export interface Scored {
  readonly name: string;
  readonly cases: readonly LabelledCase[];
  /** Checks of ours by catalogue row. */
  readonly checks: Readonly<Record<string, readonly string[]>>;
  /** Rows of checks that the catalogue only counts. */
  readonly added: Readonly<Record<string, string>>;
  /** Lines of our findings of some checks in a file. */
  readonly found: (file: string, checks: readonly string[]) => Promise<readonly number[]>;
}

export interface Score {
  readonly precision: number;
  readonly recall: number;
  /** The committed table. */
  readonly text: string;
}

interface Tally {
  cases: number;
  right: number;
  wrong: number;
  missed: number;
  readonly notes: string[];
}

const TIER_MAX = 2;

/** Scores every case whose check has a row of tier 1 or 2; the others are listed. */
export async function scoreOf(catalogue: readonly CatalogueRow[], scored: Scored): Promise<Score> {
  const tallies = new Map<string, Tally>();
  const left = new Set<string>();
  for (const one of scored.cases) {
    const row = rowOf(catalogue, one.peer, scored.added);
    if (row === undefined || row.tier > TIER_MAX) {
      left.add(`${one.peer} (${row === undefined ? "no row" : `${row.id}, tier ${row.tier}`})`);
      continue;
    }
    const key = `${row.id} | ${one.peer}`;
    const tally = tallies.get(key) ?? { cases: 0, right: 0, wrong: 0, missed: 0, notes: [] };
    tallies.set(key, tally);
    const checks = scored.checks[row.id] ?? [];
    const lines = checks.length === 0 ? [] : await scored.found(one.file, checks);
    count(tally, one, [...new Set(lines)]);
  }
  return scoreFrom(scored, tallies, left);
}

function rowOf(
  catalogue: readonly CatalogueRow[],
  peer: string,
  added: Readonly<Record<string, string>>,
): CatalogueRow | undefined {
  return catalogue.find(({ id, peers }) => peers.has(peer) || added[peer] === id);
}

function count(tally: Tally, { file, wanted }: LabelledCase, lines: readonly number[]): void {
  tally.cases += 1;
  const isLines = typeof wanted !== "boolean";
  const [want, have] = isLines ? [wanted, lines] : [wanted ? [0] : [], lines.length > 0 ? [0] : []];
  const wrong = have.filter((line) => !want.includes(line));
  const missed = want.filter((line) => !have.includes(line));
  tally.right += want.length - missed.length;
  tally.wrong += wrong.length;
  tally.missed += missed.length;
  const at = (all: readonly number[]): string => (isLines ? ` line ${all.join(", ")}` : "");
  if (wrong.length > 0) tally.notes.push(`not wanted: ${file}${at(wrong)}`);
  if (missed.length > 0) tally.notes.push(`missed: ${file}${at(missed)}`);
}

function scoreFrom(
  { name, checks }: Scored,
  tallies: ReadonlyMap<string, Tally>,
  left: ReadonlySet<string>,
): Score {
  const sum = (of: (tally: Tally) => number): number =>
    [...tallies.values()].reduce((total, tally) => total + of(tally), 0);
  const [right, wrong, missed] = [sum((t) => t.right), sum((t) => t.wrong), sum((t) => t.missed)];
  const precision = right / Math.max(1, right + wrong);
  const recall = right / Math.max(1, right + missed);
  const rows = [...tallies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, tally]) => {
      const [row = ""] = key.split(" ");
      const ours = (checks[row] ?? ["none"]).join(", ");
      return `| ${key} | ${ours} | ${tally.cases} | ${tally.right} | ${tally.wrong} | ${tally.missed} |`;
    });
  const notes = [...tallies.values()].flatMap((tally) => tally.notes);
  const text = [
    `# ${name}`,
    "",
    `Precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, over ${sum((t) => t.cases)} cases whose check has a row of tier 1 or 2.`,
    "",
    "| row | peer's check | our checks | cases | found | not wanted | missed |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
    "## Differences",
    "",
    ...(notes.length === 0 ? ["None."] : notes.map((note) => `- ${note}`)),
    "",
    "## Not scored",
    "",
    ...(left.size === 0 ? ["Nothing."] : [...left].sort().map((one) => `- ${one}`)),
    "",
  ].join("\n");
  return { precision, recall, text };
}
