// Debian's security tracker: every flaw of every source package in every supported release, fixed or not.
// Source: https://security-tracker.debian.org/tracker/data/json, and doc/security-team.d/security_tracker of its repository.
import type { AffectedPackage } from "../../model/advisory.ts";
import { debianEcosystem } from "./debian-releases.ts";
import {
  type Fields,
  fieldsOf,
  ID_LENGTH_MAX,
  isCve,
  isPlain,
  NAME_LENGTH_MAX,
  summaryOf,
  textOf,
  VERSION_LENGTH_MAX,
} from "./fields.ts";
import { severityFromWord } from "./severity-words.ts";
import type { FeedSink } from "./sink.ts";

/** Whether JSON has the shape of the tracker's export: packages, flaws, and in the first of them releases. */
export function isDebianTracker(value: Fields): boolean {
  for (const name in value) {
    const flaws = fieldsOf(value[name]);
    for (const id in flaws ?? {}) return fieldsOf(fieldsOf(flaws?.[id])?.["releases"]) !== null;
    if (flaws === null) return false;
  }
  return false;
}

/** Reads the export. Never throws. */
export function readDebianTracker(tracker: Fields, sink: FeedSink): void {
  const described = new Set<string>();
  for (const [name, value] of Object.entries(tracker)) {
    const flaws = fieldsOf(value);
    if (flaws === null || !isPlain(name) || name.length > NAME_LENGTH_MAX) {
      sink.problem("a package has no name or no flaws");
      continue;
    }
    for (const [id, flaw] of Object.entries(flaws)) {
      const fields = fieldsOf(flaw);
      if (fields === null || !isPlain(id) || id.length > ID_LENGTH_MAX)
        sink.problem(`package ${name} has a malformed flaw`);
      else readFlaw(fields, { name, id, described, sink });
    }
  }
}

function readFlaw(
  flaw: Fields,
  {
    name,
    id,
    described,
    sink,
  }: { name: string; id: string; described: Set<string>; sink: FeedSink },
): void {
  for (const [codename, value] of Object.entries(fieldsOf(flaw["releases"]) ?? {})) {
    const ecosystem = debianEcosystem(codename);
    const release = fieldsOf(value);
    if (ecosystem === null || release === null) continue;
    const statement = statementOf(release);
    if (statement === null) sink.problem(`${id} of package ${name} has a malformed release`);
    else
      sink.affected(ecosystem, name, {
        advisory: id,
        vulnerabilities: [id],
        ...statement,
        source: "debian-tracker",
      });
  }
  if (described.has(id)) return;
  described.add(id);
  sink.described({
    id,
    cves: isCve(id) ? [id] : [],
    aliases: [],
    rank: 1,
    summary: summaryOf(textOf(flaw["description"], 10_000) ?? "", 200),
    severity: null,
    cvss: [],
    publishedAt: null,
    modifiedAt: null,
    references: [`https://security-tracker.debian.org/tracker/${encodeURIComponent(id)}`],
  });
}

type Statement = Pick<AffectedPackage, "ranges" | "severity" | "state">;

/** null for a status that the tracker does not have. */
function statementOf(release: Fields): Statement | null {
  const urgency = severityFromWord(release["urgency"]);
  const severity = urgency === null ? {} : { severity: urgency };
  const unfixed = { ranges: [{ introduced: "0" }], ...severity };
  switch (release["status"]) {
    case "resolved":
      return resolved(release["fixed_version"], severity);
    case "undetermined":
      return { ...unfixed, state: "under-investigation" };
    case "open":
      return isGivenUp(release) ? { ...unfixed, state: "wont-fix" } : unfixed;
    default:
      return null;
  }
}

function resolved(
  fixedVersion: unknown,
  severity: Pick<AffectedPackage, "severity">,
): Statement | null {
  const fixed = textOf(fixedVersion, VERSION_LENGTH_MAX);
  if (fixed === null || !isPlain(fixed)) return null;
  // The tracker's way to say that this release never had the flaw.
  if (fixed === "0") return { ranges: [], state: "not-affected", ...severity };
  return { ranges: [{ introduced: "0", fixed }], ...severity };
}

/** `ignored` is a decision not to fix; `postponed`, or no reason, is a fix that may come with the next point release. */
function isGivenUp(release: Fields): boolean {
  return release["nodsa_reason"] === "ignored" || release["urgency"] === "end-of-life";
}
