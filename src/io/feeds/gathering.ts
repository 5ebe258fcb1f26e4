// Takes what readers find and keeps it until the store is written: statements by ecosystem and package, descriptions by flaw.

import { baseEcosystem } from "../../formats/feeds/ecosystem.ts";
import type { Description, FeedSink } from "../../formats/feeds/sink.ts";
import type { AffectedPackage, Epss, KnownExploited } from "../../model/advisory.ts";
import { encodeAffected, VULNERABILITIES_INLINE } from "../store/record-codec.ts";
import { Postings } from "./postings.ts";

/** Base ecosystems beyond this many are nobody's: OSV knows about forty. */
const BASES_MAX = 300;

/** What all releases of one base ecosystem have in common, and what becomes one table. */
export interface GatheredBase {
  /** Statements by package, per ecosystem. */
  readonly packages: Map<string, Postings>;
  /** Statements per ecosystem. */
  readonly counts: Map<string, number>;
  /** Long lists of vulnerabilities, as JSON, by advisory. */
  readonly longLists: Map<string, string>;
  /** Flaws and advisories that are named. */
  readonly names: Set<string>;
}

/** A publisher's share, counted. */
export interface GatheredSource {
  /** Descriptions, scores or entries of a list; feeds that have none are counted by `statements` only. */
  records: number;
  statements: number;
  currentAt: string | null;
}

/** Everything that was read, on its way into a store. */
export class Gathering implements FeedSink {
  readonly bases: Map<string, GatheredBase> = new Map();
  /** JSON of {@link Description} under each flaw that it describes, else under its own id. */
  readonly descriptions: Postings = new Postings();
  /** Ids whose descriptions were given to a CVE by {@link resolve}. */
  readonly moved: Set<string> = new Set();
  /** CVE ids by the other names of the same flaw. */
  readonly cveByName: Map<string, string> = new Map();
  readonly known: Map<string, { known: KnownExploited; title: string }> = new Map();
  readonly scores: Map<string, Epss> = new Map();
  readonly sources: Map<string, GatheredSource> = new Map();

  /** Ids of records that name no CVE, with their aliases: another record may know whose they are. */
  readonly #unresolved = new Map<string, readonly string[]>();
  readonly #complain: (path: string, detail: string) => void;
  #path = "";
  #source: GatheredSource = { records: 0, statements: 0, currentAt: null };
  #lastAdvisory = "";
  #lastBase = "";

  readonly #today: string;

  /**
   * @param complain Is told of records that cannot be read.
   * @param now Dates after it are mistakes of records, of which there are some, and say nothing about the data's age.
   */
  constructor(complain: (path: string, detail: string) => void, now: Date) {
    this.#complain = complain;
    this.#today = now.toISOString().slice(0, 10);
  }

  /** Says whose data comes next, and out of which file. */
  begin(source: string, path: string): void {
    this.#path = path;
    const known = this.sources.get(source) ?? { records: 0, statements: 0, currentAt: null };
    this.sources.set(source, known);
    this.#source = known;
  }

  affected(ecosystem: string, name: string, said: AffectedPackage): void {
    const base = this.#baseOf(ecosystem);
    if (base === null) return;
    let packages = base.packages.get(ecosystem);
    if (packages === undefined) {
      packages = new Postings();
      base.packages.set(ecosystem, packages);
    }
    base.counts.set(ecosystem, (base.counts.get(ecosystem) ?? 0) + 1);
    packages.add(name, encodeAffected(said));
    this.#source.statements += 1;
    this.#nameIn(base, ecosystem, said);
  }

  #baseOf(ecosystem: string): GatheredBase | null {
    const name = baseEcosystem(ecosystem);
    const known = this.bases.get(name);
    if (known !== undefined) return known;
    if (this.bases.size >= BASES_MAX) {
      this.problem(`ecosystem ${JSON.stringify(name)} is one too many`);
      return null;
    }
    const base = {
      packages: new Map(),
      counts: new Map(),
      longLists: new Map(),
      names: new Set<string>(),
    };
    this.bases.set(name, base);
    return base;
  }

  /** One advisory names the same flaws for each of its packages, which come one after the other. */
  #nameIn(base: GatheredBase, ecosystem: string, said: AffectedPackage): void {
    if (said.advisory === this.#lastAdvisory && ecosystem === this.#lastBase) return;
    this.#lastAdvisory = said.advisory;
    this.#lastBase = ecosystem;
    base.names.add(said.advisory);
    for (const name of said.vulnerabilities) base.names.add(name);
    if (said.vulnerabilities.length > VULNERABILITIES_INLINE)
      base.longLists.set(said.advisory, JSON.stringify(said.vulnerabilities));
  }

  described(description: Description): void {
    this.#source.records += 1;
    const { id, cves, aliases, rank } = description;
    const text = JSON.stringify(description);
    // An update's advisory describes the update; a flaw's record describes the flaw, under each of its CVE ids.
    const isOfFlaw = rank < 2 || cves.length === 1;
    if (cves.length === 0 || !isOfFlaw) this.descriptions.add(id, text);
    if (cves.length === 0 && aliases.length > 0) this.#unresolved.set(id, aliases);
    if (!isOfFlaw) return;
    for (const cve of cves) this.descriptions.add(cve, text);
    const [cve] = cves;
    if (cve === undefined) return;
    for (const name of [id, ...aliases])
      if (name !== cve && !this.cveByName.has(name)) this.cveByName.set(name, cve);
  }

  /** To be called once, when all is read: gives records that name no CVE to the CVE that another record names for them. */
  resolve(): void {
    for (const [id, aliases] of this.#unresolved) {
      const cve = aliases.map((alias) => this.cveByName.get(alias)).find((c) => c !== undefined);
      if (cve === undefined) continue;
      this.cveByName.set(id, cve);
      this.moved.add(id);
      for (const text of this.descriptions.texts(id)) this.descriptions.add(cve, text);
    }
  }

  exploited(cve: string, known: KnownExploited, title: string): void {
    this.#source.records += 1;
    this.known.set(cve, { known, title });
  }

  scored(cve: string, score: { probability: number; percentile: number }, date: string): void {
    this.#source.records += 1;
    const known = this.scores.get(cve);
    if (known === undefined || known.date <= date) this.scores.set(cve, { ...score, date });
  }

  current(moment: string): void {
    const source = this.#source;
    if (moment.slice(0, 10) > this.#today) return;
    if (source.currentAt === null || moment > source.currentAt) source.currentAt = moment;
  }

  problem(detail: string): void {
    this.#complain(this.#path, detail);
  }
}
