// Findings of other tools. Source: SARIF 2.1.0 (OASIS standard, errata 01); `security-severity` as code hosts define it.
import { count } from "../kit/phrase.ts";
import { stableId } from "../kit/stable-id.ts";
import type { CodeFinding } from "../model/finding.ts";
import type { PackageLocation } from "../model/package.ts";
import type { Problem } from "../model/problem.ts";
import type { Severity } from "../model/severity.ts";
import { severityFromScore } from "./cvss.ts";
import {
  invalid,
  type JsonObject,
  member,
  object,
  objects,
  parseDocument,
  scalar,
  strangers,
  text,
  texts,
} from "./json-object.ts";

/** What a report of other tools holds. */
export interface SarifReading {
  /** In the order of the document. Suppressed results and those that are gone since the baseline are left out. */
  readonly findings: readonly CodeFinding[];
  readonly problems: readonly Problem[];
}

/** More results are not read. */
const RESULTS_MAX = 500_000;

/**
 * Reads a SARIF report.
 *
 * @throws {AppError} `document-invalid` for bytes that are no SARIF 2.1.0 log.
 */
export function readSarif(bytes: Uint8Array, path: string): SarifReading {
  const document = parseDocument(bytes, "SARIF report", path);
  const version = text(document, "version");
  if (!version.startsWith("2.1") || !Array.isArray(member(document, "runs"))) {
    const state = version === "" ? "it has no version" : `its version is ${version.slice(0, 50)}`;
    throw invalid("SARIF report", path, `${state}, and 2.1.0 with runs is read`);
  }
  const findings = new Map<string, CodeFinding>();
  const runs = objects(document, "runs");
  const problems: Problem[] = documentProblems(document, runs.length);
  for (const run of runs) {
    problems.push(...runProblems(run));
    for (const result of objects(run, "results")) {
      if (findings.size >= RESULTS_MAX) {
        const detail = `only the first ${RESULTS_MAX} results were read`;
        return {
          findings: [...findings.values()],
          problems: [...problems, { code: "document-partial", detail }],
        };
      }
      if (!counts(result)) continue;
      const finding = findingOf(result, run);
      findings.set(finding.id, finding);
    }
  }
  return { findings: [...findings.values()], problems };
}

/** Whether a result says that something is wrong, now, and nobody has accepted it. */
function counts(result: JsonObject): boolean {
  const kind = text(result, "kind") || "fail";
  const isSuppressed = objects(result, "suppressions").some(
    (s) => !["underReview", "rejected"].includes(text(s, "status")),
  );
  return (
    ["fail", "open", "review"].includes(kind) &&
    text(result, "baselineState") !== "absent" &&
    !isSuppressed
  );
}

/** A document without runs says nothing, which is not the same as that nothing is wrong. */
function documentProblems(document: JsonObject, readable: number): Problem[] {
  const strange = strangers(document, "runs");
  return partial([
    ...(readable === 0 ? ["no tool has run"] : []),
    ...(strange === 0 ? [] : [`${count(strange, "run")} cannot be read`]),
  ]);
}

function partial(details: readonly string[]): Problem[] {
  return details.map((detail) => ({ code: "document-partial", detail }));
}

/** Results that are absent or null, and not an empty list, say that the tool has not looked (section 3.14.23). */
function runProblems(run: JsonObject): Problem[] {
  const tool = text(object(object(run, "tool"), "driver"), "name") || "a tool";
  const results = member(run, "results");
  const strange = Array.isArray(results) ? strangers(run, "results") : 0;
  const failed = objects(run, "invocations").filter(
    (i) => member(i, "executionSuccessful") === false,
  );
  const isElsewhere = object(run, "externalPropertyFileReferences") !== null;
  return partial([
    ...(failed.length === 0 ? [] : [`${tool} says that its run did not succeed`]),
    ...(isElsewhere ? [`${tool} keeps parts of its report in other files`] : []),
    ...(Array.isArray(results) || isElsewhere ? [] : [`${tool} gives no list of results`]),
    ...(strange === 0 ? [] : [`${count(strange, "result")} of ${tool} cannot be read`]),
  ]);
}

function findingOf(result: JsonObject, run: JsonObject): CodeFinding {
  const tool = text(object(object(run, "tool"), "driver"), "name") || "unknown tool";
  const rule = ruleOf(result, run);
  const ruleId =
    text(result, "ruleId") || text(object(result, "rule"), "id") || text(rule, "id") || "unnamed";
  const { severity, score, reason } = severityOf(result, rule);
  const locations = locationsOf(result, run);
  const message = messageOf(result, rule);
  return {
    kind: "code",
    id: stableId([tool, ruleId, ...fingerprint(result, message, locations)]),
    severity,
    priority: { score: Math.round(score * POINTS_PER_SCORE), reasons: [reason] },
    rule: {
      id: ruleId,
      title: multiformat(rule, "shortDescription") || text(rule, "name") || ruleId,
      help: multiformat(rule, "help") || multiformat(rule, "fullDescription") || null,
      url: webAddress(text(rule, "helpUri")),
    },
    tool,
    message,
    locations,
  };
}

/** The same weight that a score has in the priority of a vulnerability. */
const POINTS_PER_SCORE = 3.5;

/** What tells two results of a rule apart, whatever moves around them: the tool's own fingerprints, or place and message. */
function fingerprint(
  result: JsonObject,
  message: string,
  locations: readonly PackageLocation[],
): string[] {
  const prints = object(result, "fingerprints") ?? object(result, "partialFingerprints");
  const values =
    prints === null
      ? []
      : Object.keys(prints)
          .sort()
          .map((key) => `${key}=${scalar(prints, key)}`);
  const [place] = locations;
  const path = place?.path ?? "";
  return values.length > 0
    ? [path, ...values.slice(0, 20)]
    : [path, String(place?.line ?? 0), message];
}

/** A rule lies in the driver or in an extension, and is named by index or by id. */
function ruleOf(result: JsonObject, run: JsonObject): JsonObject | null {
  const tool = object(run, "tool");
  const reference = object(result, "rule");
  const extension = member(object(reference, "toolComponent"), "index");
  const component =
    typeof extension === "number"
      ? (objects(tool, "extensions")[extension] ?? null)
      : object(tool, "driver");
  const rules = member(component, "rules");
  const index = member(result, "ruleIndex") ?? member(reference, "index");
  const list = Array.isArray(rules) ? rules : [];
  const id = text(result, "ruleId") || text(reference, "id");
  const byIndex: unknown = typeof index === "number" ? list[index] : undefined;
  if (typeof byIndex === "object" && byIndex !== null) return byIndex as JsonObject;
  const byId = rulesById(component);
  // `parent/child` may stand for a part of what the rule `parent` checks (section 3.52.4).
  return byId.get(id) ?? byId.get(id.slice(0, Math.max(0, id.lastIndexOf("/")))) ?? null;
}

/** Rules by id, made once for each tool: a report may have thousands of rules and of results. */
const RULES = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();

function rulesById(component: JsonObject | null): ReadonlyMap<string, JsonObject> {
  if (component === null) return new Map();
  const known = RULES.get(component);
  if (known !== undefined) return known;
  const made = new Map(objects(component, "rules").map((rule) => [text(rule, "id"), rule]));
  RULES.set(component, made);
  return made;
}

interface Rated {
  readonly severity: Severity;
  /** 0–10, as CVSS. */
  readonly score: number;
  readonly reason: string;
}

/** `security-severity` of result or rule; else the level, in which `warning` is the default (section 3.27.10). */
function severityOf(result: JsonObject, rule: JsonObject | null): Rated {
  const told =
    scalar(object(result, "properties"), "security-severity") ||
    scalar(object(rule, "properties"), "security-severity");
  const score = Number(told);
  if (told !== "" && score >= 0 && score <= 10) {
    const severity = severityFromScore(score);
    return { severity, score, reason: `${severity}, security severity ${score.toFixed(1)}` };
  }
  const level =
    text(result, "level") || text(object(rule, "defaultConfiguration"), "level") || "warning";
  const [severity, usual] = LEVELS.get(level) ?? ["unknown", 5];
  return { severity, score: usual, reason: `${severity}, level ${level.slice(0, 20)}` };
}

const LEVELS: ReadonlyMap<string, readonly [Severity, number]> = new Map([
  ["error", ["high", 8]],
  ["warning", ["medium", 5.5]],
  ["note", ["low", 2.5]],
  ["none", ["negligible", 0]],
]);

const MESSAGE_MAX = 4000;

/** The text of a result, or the rule's message of the id that it names, with its arguments put in (section 3.11). */
function messageOf(result: JsonObject, rule: JsonObject | null): string {
  const message = object(result, "message");
  const id = text(message, "id");
  const template =
    text(message, "text") ||
    text(message, "markdown") ||
    text(object(object(rule, "messageStrings"), id), "text");
  const values = texts(message, "arguments");
  return template
    .slice(0, MESSAGE_MAX)
    .replaceAll(
      /\{(\d{1,3})\}/g,
      (whole, at: string) => values[Number(at)]?.slice(0, 500) ?? whole,
    );
}

function multiformat(rule: JsonObject | null, name: string): string {
  return text(object(rule, name), "text").slice(0, MESSAGE_MAX);
}

/** Addresses of the web only: others could run something when they are clicked. */
function webAddress(url: string): string | null {
  return /^https?:\/\/[^\s"'<>]{1,2000}$/i.test(url) ? url : null;
}

const LOCATIONS_MAX = 100;

function locationsOf(result: JsonObject, run: JsonObject): PackageLocation[] {
  return objects(result, "locations")
    .slice(0, LOCATIONS_MAX)
    .flatMap((location) => {
      const physical = object(location, "physicalLocation");
      const artifact = object(physical, "artifactLocation");
      const index = member(artifact, "index");
      const listed = typeof index === "number" ? objects(run, "artifacts")[index] : undefined;
      const uri = text(artifact, "uri") || text(object(listed ?? null, "location"), "uri");
      const line = member(object(physical, "region"), "startLine");
      if (uri === "") return [];
      const isLine = typeof line === "number" && Number.isSafeInteger(line) && line > 0;
      return [{ path: pathOf(uri), layer: null, ...(isLine ? { line } : {}) }];
    });
}

/** A URI as a path: without scheme, leading slash and percent-encoding. */
function pathOf(uri: string): string {
  const bare = uri.replace(/^file:\/\/(?:localhost)?/i, "").replace(/^(?:\.?\/)+/, "");
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
