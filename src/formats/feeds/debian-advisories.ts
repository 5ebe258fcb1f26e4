// Debian's lists of advisories, DSA/list and DLA/list of the security tracker's repository: which update fixed what in a release.
// Source: doc/security-team.d/security_tracker there, and its parser's own grammar (lib/python/bugs.py names the fields).
//
//   [29 Mar 2023] DSA-5380-1 xorg-server - security update
//   <tab>{CVE-2023-1393}
//   <tab>[bullseye] - xorg-server 2:1.20.11-1+deb11u6
import { eachLine } from "../../kit/text.ts";
import type { AffectedPackage } from "../../model/advisory.ts";
import { debianEcosystem } from "./debian-releases.ts";
import { ID_LENGTH_MAX, isCve, NAME_LENGTH_MAX, VERSION_LENGTH_MAX } from "./fields.ts";
import type { FeedSink } from "./sink.ts";

const HEAD = /^\[(\d{1,2}) (\w{3})\w* (\d{4})\] (D[SLT]A-\d+(?:-\d+)?) ?(.*)$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Whether a text begins as the lists do. */
export function isDebianAdvisories(text: string): boolean {
  return HEAD.test(text.slice(0, 300).split("\n", 1)[0] ?? "");
}

interface Advisory {
  readonly id: string;
  readonly date: string;
  readonly title: string;
  cves: string[];
  readonly packages: {
    ecosystem: string;
    name: string;
    said: Pick<AffectedPackage, "ranges" | "state">;
  }[];
}

/** Reads a list. Never throws. */
export function readDebianAdvisories(text: string, sink: FeedSink): void {
  let advisory: Advisory | null = null;
  let isNewest = true;
  eachLine(text, (line, number) => {
    if (line.startsWith("[")) {
      if (advisory !== null) emit(advisory, sink);
      advisory = headOf(line);
      if (advisory === null) sink.problem(`line ${number} is no advisory`);
      // The newest stands first.
      else if (isNewest) sink.current(advisory.date);
      isNewest = false;
    } else if (advisory !== null) {
      readLine(line.trim(), advisory);
    }
  });
  if (advisory !== null) emit(advisory, sink);
}

function headOf(line: string): Advisory | null {
  const found = HEAD.exec(line.slice(0, 1_000));
  if (found === null) return null;
  const [, day = "", month = "", year = "", id = "", title = ""] = found;
  const number = MONTHS.indexOf(month.toLowerCase()) + 1;
  if (number === 0 || id.length > ID_LENGTH_MAX) return null;
  const date = `${year}-${String(number).padStart(2, "0")}-${day.padStart(2, "0")}`;
  return { id, date, title: title.trim(), cves: [], packages: [] };
}

/** Notes and whatever else the list may hold are passed over. */
function readLine(line: string, advisory: Advisory): void {
  if (line.startsWith("{") && line.endsWith("}")) {
    advisory.cves = line.slice(1, -1).split(/\s+/).filter(isCve);
    return;
  }
  const [release = "", dash = "", name = "", version = ""] = line.split(/\s+/, 4);
  if (!release.startsWith("[") || dash !== "-" || name === "" || name.length > NAME_LENGTH_MAX)
    return;
  const ecosystem = debianEcosystem(release.slice(1, -1));
  const said = statementOf(version);
  if (ecosystem !== null && said !== null) advisory.packages.push({ ecosystem, name, said });
}

function statementOf(version: string): Pick<AffectedPackage, "ranges" | "state"> | null {
  switch (version) {
    case "<not-affected>":
      return { ranges: [], state: "not-affected" };
    case "<end-of-life>":
    case "<ignored>":
    case "<no-dsa>":
      return { ranges: [{ introduced: "0" }], state: "wont-fix" };
    case "<undetermined>":
      return { ranges: [{ introduced: "0" }], state: "under-investigation" };
    case "<unfixed>":
    case "<postponed>":
      return { ranges: [{ introduced: "0" }] };
    default:
      return /^[0-9][\w.+:~-]*$/.test(version) && version.length <= VERSION_LENGTH_MAX
        ? { ranges: [{ introduced: "0", fixed: version }] }
        : null;
  }
}

function emit(advisory: Advisory, sink: FeedSink): void {
  for (const { ecosystem, name, said } of advisory.packages)
    sink.affected(ecosystem, name, {
      advisory: advisory.id,
      vulnerabilities: advisory.cves,
      ...said,
      source: "debian-dsa",
    });
  sink.described({
    id: advisory.id,
    cves: advisory.cves,
    aliases: [],
    rank: 2,
    summary: advisory.title,
    severity: null,
    cvss: [],
    publishedAt: advisory.date,
    modifiedAt: advisory.date,
    references: [`https://security-tracker.debian.org/tracker/${advisory.id}`],
  });
}
