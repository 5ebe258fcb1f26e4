// Prints src/stages/match/starter.data.ts, the advisories that answer when there is no store, from a folder with the publishers'
// feeds as `../shared/data` has them, from the list of what is famous, and from what was entered by hand (tools/starter):
//   node tools/run.js tools/gen-starter.ts ../shared/data > src/stages/match/starter.data.ts
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { parseCvss } from "../src/formats/cvss.ts";
import { readSecdb } from "../src/formats/feeds/alpine-secdb.ts";
import { readDebianAdvisories } from "../src/formats/feeds/debian-advisories.ts";
import { readKev } from "../src/formats/feeds/kev.ts";
import { readOsv } from "../src/formats/feeds/osv.ts";
import type { Description, FeedSink, OrderOf } from "../src/formats/feeds/sink.ts";
import type { AffectedPackage, AffectedRange, KnownExploited } from "../src/model/advisory.ts";
import type { Severity } from "../src/model/severity.ts";
import { schemes } from "../src/plugins/schemes/index.ts";
import { schemeIdOf } from "../src/stages/match/place.ts";
import { BY_HAND } from "./starter/by-hand.data.ts";
import {
  ALMALINUX_PACKAGES,
  CHOSEN,
  ELSEWHERE,
  MISATTRIBUTED,
  type SeverityLetter,
} from "./starter/chosen.data.ts";

const OSV = ["Bitnami", "Debian", "Go", "Packagist", "PyPI", "crates.io", "npm", "AlmaLinux"];
const WORDS: Record<SeverityLetter, Severity> = { c: "critical", h: "high", m: "medium" };

/** Several names of one product in Bitnami's list; the plain one stands for all. */
const BITNAMI_COPIES =
  /-(min|multisite|sdk|operator|galera|relay|peer|orderer|tools|client)$|^(libphp|libpython|jre|keydb|nginx-gateway.*|envoy-gateway)$/;

interface Statement {
  readonly ecosystem: string;
  readonly name: string;
  readonly said: AffectedPackage;
}

/** What was gathered of one flaw. */
class Flaw {
  readonly statements: Statement[] = [];
  readonly descriptions: Description[] = [];
  known: KnownExploited | null = null;
  title = "";
}

class Pack {
  readonly flaws = new Map<string, Flaw>();
  readonly known = new Map<string, { known: KnownExploited; title: string }>();
  /** Newest moment of the catalogue of known exploited flaws. */
  current = "";

  /** Whether something about this flaw belongs into the pack. */
  wants(id: string): boolean {
    if (MISATTRIBUTED.has(id)) return false;
    return id in CHOSEN || this.known.has(id) || BY_HAND.some((entry) => entry.id === id);
  }

  flaw(id: string): Flaw {
    const known = this.flaws.get(id) ?? new Flaw();
    this.flaws.set(id, known);
    return known;
  }
}

const orderOf: OrderOf = (ecosystem) => {
  const scheme = schemes.find((s) => s.id === schemeIdOf(ecosystem));
  return scheme === undefined ? null : (a, b) => scheme.compare(a, b);
};

function sinkInto(pack: Pack): FeedSink {
  const wanted = (names: readonly string[]): string[] => [
    ...new Set(names.filter((name) => pack.wants(name))),
  ];
  return {
    affected(ecosystem, name, said): void {
      if (!isKept(ecosystem, name, said)) return;
      for (const id of wanted([said.advisory, ...said.vulnerabilities]))
        pack.flaw(id).statements.push({ ecosystem, name, said });
    },
    described(description): void {
      // A distribution's update may name many flaws, and its title is about none of them.
      if (description.rank === 2) return;
      for (const id of wanted([description.id, ...description.cves]))
        pack.flaw(id).descriptions.push(description);
    },
    exploited: (cve, known, title) => pack.known.set(cve, { known, title }),
    scored: () => undefined,
    current: () => undefined,
    problem: () => undefined,
  };
}

function isKept(ecosystem: string, name: string, said: AffectedPackage): boolean {
  if (said.state === "not-affected" || said.module !== undefined) return false;
  if (said.ranges.some((r) => /module_el/.test(r.fixed ?? ""))) return false;
  if (ecosystem.includes(":") && isElsewhere(name)) return false;
  if (ecosystem.startsWith("AlmaLinux:"))
    return /:(8|9|10)$/.test(ecosystem) && ALMALINUX_PACKAGES.has(name);
  if (ecosystem.startsWith("Debian:")) return /:(11|12|13)$/.test(ecosystem);
  if (ecosystem.startsWith("Alpine:"))
    return ecosystem === "Alpine:edge" || /v3\.(1[5-9]|2\d)$/.test(ecosystem);
  if (ecosystem !== "Bitnami") return true;
  // Some records leave out what fixed it; "every release for ever" is not known to be true.
  return !BITNAMI_COPIES.test(name) && said.ranges.some((r) => r.fixed ?? r.lastAffected);
}

function isElsewhere(name: string): boolean {
  return ELSEWHERE.some((word) =>
    word.endsWith("*") ? name.startsWith(word.slice(0, -1)) : name === word,
  );
}

function readFeeds(folder: string): Pack {
  const pack = new Pack();
  const sink = sinkInto(pack);
  const kev = gunzipSync(
    readFileSync(join(folder, "native/kev/known_exploited_vulnerabilities.json.gz")),
  );
  readKev(JSON.parse(kev.toString("utf8")), {
    ...sink,
    current: (moment) => {
      pack.current = moment;
    },
  });
  for (const ecosystem of OSV) eachOsv(join(folder, "osv", ecosystem, "all.zip"), sink);
  const secdb = join(folder, "native/alpine-secdb");
  for (const release of readdirSync(secdb)) {
    for (const repository of ["main.json", "community.json"]) {
      const path = join(secdb, release, repository);
      if (existsSync(path)) readSecdb(JSON.parse(readFileSync(path, "utf8")), sink);
    }
  }
  for (const list of ["DSA", "DLA"]) {
    const text = gunzipSync(readFileSync(join(folder, `native/debian/${list}.list.gz`)));
    readDebianAdvisories(text.toString("utf8"), sink);
  }
  return pack;
}

function eachOsv(archive: string, sink: FeedSink): void {
  const scratch = mkdtempSync(join(tmpdir(), "bulwark-starter-"));
  try {
    execFileSync("unzip", ["-q", archive, "-d", scratch]);
    for (const name of readdirSync(scratch, { recursive: true, encoding: "utf8" }).sort())
      if (name.endsWith(".json"))
        readOsv(JSON.parse(readFileSync(join(scratch, name), "utf8")), orderOf, sink);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function addByHand(pack: Pack): void {
  for (const { id, advisory, affected } of BY_HAND) {
    for (const [ecosystem, name, ranges] of affected) {
      const said = { advisory, vulnerabilities: [id], source: "starter", ...parsed(ranges) };
      pack.flaw(id).statements.push({ ecosystem, name, said });
    }
  }
}

function parsed(text: string): Pick<AffectedPackage, "ranges" | "versions"> {
  const parts = text.split("|");
  const versions = parts.filter((part) => part.startsWith("=")).map((part) => part.slice(1));
  const ranges = parts
    .filter((part) => !part.startsWith("="))
    .map((part): AffectedRange => {
      const [introduced = "0", end = ""] = part.split("<");
      return end.startsWith("=")
        ? { introduced, lastAffected: end.slice(1) }
        : { introduced, fixed: end };
    });
  return { ranges, ...(versions.length === 0 ? {} : { versions }) };
}

function written({ ranges, versions = [] }: AffectedPackage): string {
  // Lists beside ranges repeat them.
  const listed = ranges.length > 0 ? [] : versions.map((version) => `=${version}`);
  const stretches = ranges.map(({ introduced, fixed, lastAffected }) => {
    if (fixed !== undefined) return `${introduced}<${fixed}`;
    return lastAffected === undefined ? introduced : `${introduced}<=${lastAffected}`;
  });
  return [...new Set([...stretches, ...listed])].join("|");
}

/** One line of the pack; its columns are described where it is printed. */
function lineOf(id: string, pack: Pack): string | null {
  const flaw = pack.flaw(id);
  const affected = affectedOf(id, flaw.statements);
  if (affected.length === 0) return null;
  const known = pack.known.get(id);
  const entry = BY_HAND.find((e) => e.id === id);
  const chosen = CHOSEN[id];
  const cvss = vectorsOf(flaw, entry?.vector ?? "");
  const severity = severityOf(flaw, cvss, entry?.severity ?? chosen?.[0]);
  const names = flaw.descriptions.flatMap((d) => [d.id, ...d.aliases]);
  const aliases = new Set(names.filter((name) => /^(GHSA|GO|PYSEC|RUSTSEC|CVE)-/.test(name)));
  if (entry?.advisory.startsWith("GHSA-") === true) aliases.add(entry.advisory);
  aliases.delete(id);
  return [
    id,
    severity,
    entry?.title ?? chosen?.[1] ?? known?.title ?? "",
    [...aliases].sort().join(" "),
    cvss.map(([vector, score]) => `${vector}=${score}`).join(" "),
    known === undefined ? "" : exploitedOf(known.known),
    affected.join(" "),
  ].join("\t");
}

function exploitedOf({ addedAt, dueAt, ransomware }: KnownExploited): string {
  return [
    addedAt.slice(0, 10),
    dueAt?.slice(0, 10) ?? "-",
    ...(ransomware ? ["ransomware"] : []),
  ].join(" ");
}

function vectorsOf(flaw: Flaw, byHand: string): [string, number][] {
  const byRank = [...flaw.descriptions].sort((a, b) => a.rank - b.rank);
  const ofFeeds = byRank.flatMap((d) => d.cvss).map((score) => score.vector);
  const vectors = [...(byHand === "" ? [] : [`CVSS:3.1/${byHand}`]), ...ofFeeds];
  const scores = vectors.map(parseCvss).filter((score) => score !== null);
  // The first of each version: publishers differ, and one is enough to be shown.
  const first = new Map(scores.reverse().map((score) => [score.version.slice(0, 1), score]));
  return [...first.values()]
    .sort((a, b) => (a.version < b.version ? 1 : -1))
    .map(({ vector, score }) => [vector, score]);
}

function severityOf(
  flaw: Flaw,
  cvss: readonly (readonly [string, number])[],
  letter: SeverityLetter | undefined,
): Severity {
  const score = cvss.find(([vector]) => vector.startsWith("CVSS:3"))?.[1] ?? cvss[0]?.[1];
  if (score !== undefined)
    return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : "low";
  if (letter !== undefined) return WORDS[letter];
  return flaw.descriptions.find((d) => d.severity !== null)?.severity ?? "unknown";
}

/** One text for every package, ecosystems with the same ranges together; the tracker's word before a list of updates. */
function affectedOf(id: string, statements: readonly Statement[]): string[] {
  const best = new Map<string, Statement>();
  for (const statement of [...statements].sort((a, b) => weight(b) - weight(a))) {
    const { ecosystem, name, said } = statement;
    const isRegistry = !ecosystem.includes(":");
    best.set(`${ecosystem}\n${name}${isRegistry ? `\n${said.advisory}` : ""}`, statement);
  }
  const rows = new Map<string, { ecosystems: string[]; rest: string }>();
  for (const { ecosystem, name, said } of best.values()) {
    const ranges = written(said);
    if (ranges === "") continue;
    const base = ecosystem.split(":", 1)[0] ?? "";
    const advisory = said.advisory === id ? "" : said.advisory;
    const rest = [name, ranges, advisory].join(";");
    const row = rows.get(`${base};${rest}`) ?? { ecosystems: [], rest };
    row.ecosystems.push(ecosystem);
    rows.set(`${base};${rest}`, row);
  }
  return [...rows.values()].map(({ ecosystems, rest }) => `${joined(ecosystems)};${rest}`).sort();
}

/** `Alpine:v3.17,v3.18`. */
function joined(ecosystems: readonly string[]): string {
  const [first = ""] = ecosystems;
  const base = first.split(":", 1)[0] ?? "";
  const releases = [...new Set(ecosystems.map((e) => e.slice(base.length + 1)))].sort();
  return first === base ? base : `${base}:${releases.join(",")}`;
}

/** The heavier one is put in first and replaced by the lighter. */
function weight({ said }: Statement): number {
  if (said.source === "starter") return 0;
  return said.source === "debian-dsa" ? 2 : 1;
}

const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: gen-starter.ts FOLDER");
const pack = readFeeds(folder);
addByHand(pack);
const lines = [...pack.flaws.keys()]
  .sort()
  .map((id) => lineOf(id, pack))
  .filter((line) => line !== null);
const absent = Object.keys(CHOSEN).filter(
  (id) => !lines.some((line) => line.startsWith(`${id}\t`)),
);
if (absent.length > 0) console.error(`chosen, and in no feed: ${absent.join(" ")}`);
console.log(`// Written by tools/gen-starter.ts from the feeds that docs/concepts/starter-pack.md lists. Not to be edited.

/** The day on which the newest of the feeds was current. */
export const STARTER_DATE = ${JSON.stringify(pack.current.slice(0, 10))};

/**
 * One flaw a line, columns parted by tabs: id; severity; title; other names; CVSS vectors as \`VECTOR=SCORE\`; \`ADDED DUE\` of
 * the catalogue of known exploited flaws, and \`ransomware\` where it is known to be used so; and the packages.
 * A package is \`ECOSYSTEM;NAME;RANGES;ADVISORY\`: several releases of a distribution as \`Alpine:v3.17,v3.18\`; ranges as
 * \`FROM<FIXED\`, \`FROM<=LAST\`, \`FROM\` or \`=ONE\`, joined by \`|\`; no advisory where it is the flaw's own id.
 */
export const STARTER_LINES: readonly string[] = [
${lines.map((line) => `  ${JSON.stringify(line)},`).join("\n")}
];`);
