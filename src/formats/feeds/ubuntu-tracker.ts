// The files of Ubuntu's CVE tracker: one per CVE, with the state of every source package in every release.
// Source: README of ubuntu-cve-tracker, "CVE files"; https://ubuntu.com/security/cves/about
//
//   Candidate: CVE-2023-0464
//   Priority: low
//   jammy_openssl: released (3.0.2-0ubuntu1.9)
//   esm-infra/xenial_openssl: needed
//
// Statements that a package is not there or not affected (half of all) are left out: nothing matches them.
import { eachLine } from "../../kit/text.ts";
import type { AffectedPackage, CvssScore } from "../../model/advisory.ts";
import type { Severity } from "../../model/severity.ts";
import { parseCvss } from "../cvss.ts";
import {
  isCve,
  isPlain,
  momentOf,
  NAME_LENGTH_MAX,
  summaryOf,
  VERSION_LENGTH_MAX,
} from "./fields.ts";
import { severityFromWord } from "./severity-words.ts";
import type { FeedSink } from "./sink.ts";
import { ubuntuEcosystem } from "./ubuntu-releases.ts";

/** Whether a text begins as these files do. */
export function isUbuntuTracker(text: string): boolean {
  return (
    /^(?:PublicDate|Candidate|CRD|References|Description|Tags|Priority)[A-Za-z]*:/m.test(
      text.slice(0, 400),
    ) && /^Candidate: {0,4}(?:CVE-|$)/m.test(text.slice(0, 4_000))
  );
}

interface State {
  readonly ecosystem: string;
  readonly release: string;
  readonly name: string;
  readonly said: Pick<AffectedPackage, "ranges" | "state">;
}

interface Flaw {
  /** Single values by field. */
  readonly fields: Map<string, string>;
  readonly priorities: Map<string, Severity>;
  readonly states: State[];
  readonly description: string[];
  readonly references: string[];
  readonly cvss: CvssScore[];
}

/** Reads one file. Never throws. */
export function readUbuntuTracker(text: string, sink: FeedSink): void {
  const flaw: Flaw = {
    fields: new Map(),
    priorities: new Map(),
    states: [],
    description: [],
    references: [],
    cvss: [],
  };
  let section = "";
  eachLine(text, (line) => {
    if (line.startsWith("#") || line === "") return;
    if (line.startsWith(" ") || line.startsWith("\t"))
      return readContinued(section, line.trim(), flaw);
    const colon = line.indexOf(":");
    if (colon === -1) return;
    section = line.slice(0, colon);
    readField(section, line.slice(colon + 1).trim(), flaw);
  });
  const id = flaw.fields.get("Candidate") ?? "";
  if (!isCve(id)) {
    sink.problem("it names no CVE");
    return;
  }
  emit(id, flaw, sink);
}

function readContinued(section: string, line: string, flaw: Flaw): void {
  if (section === "Description") flaw.description.push(line);
  else if (section === "References" && /^https?:\/\/\S{1,480}$/.test(line))
    flaw.references.push(line);
  else if (section === "CVSS") {
    const vector = /^[\w-]+: *(\S+)/.exec(line.slice(0, 500))?.[1];
    const score = vector === undefined ? null : parseCvss(vector);
    if (score !== null) flaw.cvss.push(score);
  }
}

function readField(field: string, value: string, flaw: Flaw): void {
  if (field.startsWith("Priority")) {
    const severity = severityFromWord(value.split(/\s/, 1)[0]);
    // `Priority`, `Priority_openssl`, `Priority_openssl_jammy`.
    if (severity !== null) flaw.priorities.set(field.slice("Priority".length), severity);
    return;
  }
  const line = field.indexOf("_");
  if (line === -1) {
    flaw.fields.set(field, value);
    return;
  }
  const release = field.slice(0, line);
  const ecosystem = ubuntuEcosystem(release);
  const name = field.slice(line + 1);
  if (ecosystem === null || !isPlain(name) || name.length > NAME_LENGTH_MAX) return;
  const said = statementOf(value);
  if (said !== null) flaw.states.push({ ecosystem, release, name, said });
}

/** What a state says; null for those that match nothing. */
function statementOf(value: string): State["said"] | null {
  const [word = ""] = value.split(/\s/, 1);
  const unfixed = [{ introduced: "0" }];
  switch (word) {
    case "released": {
      const fixed = /^released \(([^\s(),]+)/.exec(value)?.[1] ?? "";
      const isVersion = isPlain(fixed) && fixed.length <= VERSION_LENGTH_MAX && /^\d/.test(fixed);
      return isVersion ? { ranges: [{ introduced: "0", fixed }] } : null;
    }
    case "needed":
    case "active":
    case "in-progress":
    // `pending (version)`: prepared, and not yet to be had.
    case "pending":
    case "deferred":
      return { ranges: unfixed };
    case "needs-triage":
      return { ranges: unfixed, state: "under-investigation" };
    case "ignored":
      return { ranges: unfixed, state: "wont-fix" };
    default:
      return null;
  }
}

function emit(id: string, flaw: Flaw, sink: FeedSink): void {
  const priority = flaw.priorities.get("") ?? null;
  for (const { ecosystem, release, name, said } of flaw.states) {
    const severity =
      flaw.priorities.get(`_${name}_${release}`) ?? flaw.priorities.get(`_${name}`) ?? priority;
    sink.affected(ecosystem, name, {
      advisory: id,
      vulnerabilities: [id],
      ...said,
      ...(severity === null ? {} : { severity }),
      source: "ubuntu",
    });
  }
  const published = momentOf((flaw.fields.get("PublicDate") ?? "").slice(0, 10));
  if (published !== null) sink.current(published);
  sink.described({
    id,
    cves: [id],
    aliases: [],
    rank: 1,
    summary: summaryOf(flaw.description.slice(0, 20).join(" "), 200),
    severity: flaw.cvss.length > 0 ? null : priority,
    cvss: flaw.cvss.slice(0, 6),
    publishedAt: published,
    modifiedAt: null,
    references: flaw.references.slice(0, 12),
  });
}
