// From what checks say to findings and problems, each with its place in a file.
import { count, firstOf } from "../../kit/phrase.ts";
import { stableId } from "../../kit/stable-id.ts";
import type { Digest } from "../../model/digest.ts";
import type { ConfigFinding, ConfigSubject } from "../../model/finding.ts";
import type { PackageLocation } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";
import { plainScore, type Severity } from "../../model/severity.ts";
import type { Check, CheckAnswer, Fault, Subject } from "./contract.ts";

/** A place in a file, both from 1, or the file alone. */
interface Place {
  readonly line?: number;
  readonly column?: number;
  /** Another file than that of the subject. */
  readonly path?: string;
}

/** The answers about one subject, and where it was read. */
export interface Answered {
  readonly path: string;
  readonly subject: Subject;
  readonly answers: readonly CheckAnswer[];
  /** Places of pointers; asked for only when something is to be said. */
  readonly places: (pointers: readonly string[]) => ReadonlyMap<string, Place>;
  /** Which document of which bytes it is; absent for what nobody would edit, such as what a program wrote. */
  readonly editable?: { readonly document: number; readonly of: () => Digest };
}

/** What is to be said about the subjects of a run. */
export interface Told {
  /** Most severe first, then by place. */
  readonly findings: readonly ConfigFinding[];
  readonly problems: readonly Problem[];
  readonly tallies: Tallies;
}

/** How often each check gave which answer, by its id, and each of its aspects, by {@link aspectKey}. */
export type Tallies = ReadonlyMap<string, Tally>;

export type Tally = Readonly<Record<CheckAnswer["answer"], number>>;

/**
 * Gathers what is to be said, subject by subject, and keeps nothing else of them. A cause that several containers share, by an
 * anchor or at their pod, is one finding.
 */
export class Telling {
  readonly #findings = new Map<string, ConfigFinding>();
  readonly #causes = new Map<string, UnknownCause>();
  readonly #tallies = new Map<string, MutableTally>();
  /** The same by check, since every check is counted for every subject. */
  readonly #counters = new Map<Check, Counter>();

  add(one: Answered): void {
    for (const answer of one.answers) this.#count(answer);
    const saying = one.answers.filter(({ faults, doubts }) => faults.length + doubts.length > 0);
    if (saying.length === 0) return;
    const places = one.places(saying.flatMap(pointersIn));
    for (const answer of saying) {
      for (const finding of findingsOf(answer, one, places)) {
        const cause = causeOf(finding);
        const first = this.#findings.get(cause);
        this.#findings.set(cause, first === undefined ? finding : sharing(first, finding));
      }
      this.#doubt(answer, one, places);
    }
  }

  told(): Told {
    return {
      findings: [...this.#findings.values()].sort(byUrgency),
      problems: [...this.#causes.values()].map(problemOf),
      tallies: this.#tallies,
    };
  }

  /** What cannot be told beside a fault changes nothing any more. */
  #doubt({ check, answer, doubts }: CheckAnswer, one: Answered, places: Places): void {
    if (answer !== "unknown") return;
    for (const { at, why } of doubts) {
      const subject = subjectPhrase(subjectOf(one.subject, null));
      const path = placeText(one.path, places.get(at));
      const key = [path, subject, why].join("\n");
      const cause = this.#causes.get(key);
      if (cause === undefined) this.#causes.set(key, { path, subject, why, checks: [check.id] });
      else if (!cause.checks.includes(check.id)) cause.checks.push(check.id);
    }
  }

  /** What is unknown beside a fault may be of another requirement, and counts as both. */
  #count(answered: CheckAnswer): void {
    const { check, answer, doubts } = answered;
    const { tally, aspects } = this.#counters.get(check) ?? this.#counter(check);
    tally[answer] += 1;
    if (answer === "fault" && doubts.length > 0) tally.unknown += 1;
    for (const [aspect, own] of aspects) countAspect(aspect, answered, own);
  }

  #counter(check: Check): Counter {
    const counter = {
      tally: this.#tally(check.id),
      aspects: Object.keys(check.aspects ?? {}).map(
        (aspect) => [aspect, this.#tally(aspectKey(check.id, aspect))] as const,
      ),
    };
    this.#counters.set(check, counter);
    return counter;
  }

  #tally(key: string): MutableTally {
    const tally = this.#tallies.get(key) ?? { pass: 0, fault: 0, unknown: 0, "not-applicable": 0 };
    this.#tallies.set(key, tally);
    return tally;
  }
}

type MutableTally = Record<CheckAnswer["answer"], number>;

interface Counter {
  readonly tally: MutableTally;
  readonly aspects: readonly (readonly [aspect: string, tally: MutableTally])[];
}

/** What nobody can tell of the whole cannot be told of its aspects. */
function countAspect(
  aspect: string,
  { answer, faults, doubts, inapplicable }: CheckAnswer,
  tally: MutableTally,
): void {
  const isDoubted = doubts.some((doubt) => (doubt.aspect ?? aspect) === aspect);
  const isFault = faults.some((fault) => fault.aspect === aspect);
  if (answer === "not-applicable" || inapplicable.includes(aspect)) tally["not-applicable"] += 1;
  else if (isFault) tally.fault += 1;
  else if (!isDoubted) tally.pass += 1;
  if (isDoubted) tally.unknown += 1;
}

/** The name of an aspect's tally. */
export function aspectKey(check: string, aspect: string): string {
  return `${check}#${aspect}`;
}

function placeText(subject: string, place: Place | undefined): string {
  const path = place?.path ?? subject;
  return place?.line === undefined ? path : `${path}:${place.line}`;
}

/** The same for subjects that are all at hand. */
export function told(answered: readonly Answered[]): Told {
  const telling = new Telling();
  for (const one of answered) telling.add(one);
  return telling.told();
}

/** An exception for one of them is none for the others, so all are told. */
function sharing(first: ConfigFinding, { subject }: ConfigFinding): ConfigFinding {
  const { sharedBy = [] } = first;
  const known = [first.subject, ...sharedBy].map(subjectKey);
  if (known.includes(subjectKey(subject)) || sharedBy.length >= SHARED_MAX) return first;
  return { ...first, sharedBy: [...sharedBy, subject] };
}

const SHARED_MAX = 100;

function subjectKey({ kind, name, namespace, container }: ConfigSubject): string {
  return JSON.stringify([kind, name, namespace, container]);
}

type Places = ReadonlyMap<string, Place>;

function pointersIn({ faults, doubts }: CheckAnswer): string[] {
  return [...faults, ...doubts].map(({ at }) => at);
}

function findingsOf(
  { check, faults }: CheckAnswer,
  one: Answered,
  places: Places,
): ConfigFinding[] {
  return faults.map((fault) => findingOf({ check, fault, one, place: places.get(fault.at) }));
}

/** Something that leaves checks without an answer. */
interface UnknownCause {
  readonly path: string;
  readonly subject: string;
  readonly why: string;
  readonly checks: string[];
}

/** One for all the checks that it leaves unanswered. */
function problemOf({ path, subject, why, checks }: UnknownCause): Problem {
  const these =
    checks.length > 1 ? `${count(checks.length, "check")} (${firstOf(checks, 2)})` : checks;
  return {
    code: "configuration-unknown",
    detail: `${subject}: cannot tell ${these}: ${why}`,
    path,
  };
}

interface Found {
  readonly check: Check;
  readonly fault: Fault;
  readonly one: Answered;
  readonly place: Place | undefined;
}

function findingOf({ check, fault, one, place }: Found): ConfigFinding {
  const { path } = one;
  const aspect = fault.aspect === undefined ? undefined : check.aspects?.[fault.aspect];
  const severity = aspect?.severity ?? check.severity;
  const subject = subjectOf(one.subject, fault.container);
  const location: PackageLocation = { path, layer: null, ...place };
  return {
    kind: "config",
    id: idOf(check.id, path, subject, fault.state),
    severity,
    // By severity alone: nothing of what runs is known here.
    priority: priorityOf(severity),
    rule: ruleOf(check),
    tool: "bulwark",
    message: `${subjectPhrase(subject)}: ${fault.state}`,
    locations: [location],
    subject,
    pointer: fault.at,
    value: fault.value ?? null,
    why: check.why,
    remedy: check.fix,
    controls:
      aspect?.controls === undefined ? check.controls : [...check.controls, ...aspect.controls],
    ...repairOf(fault, one),
    ...(fault.steps === undefined ? {} : { steps: fault.steps }),
  };
}

/** Thousands of findings share what is the same for all of a check. */
const RULES = new WeakMap<Check, ConfigFinding["rule"]>();

function ruleOf(check: Check): ConfigFinding["rule"] {
  const known = RULES.get(check);
  if (known !== undefined) return known;
  const { id, title, why, fix } = check;
  const rule = { id, title, help: `${why}. To fix it: ${fix}.`, url: null };
  RULES.set(check, rule);
  return rule;
}

const PRIORITIES = new Map<Severity, ConfigFinding["priority"]>();

function priorityOf(severity: Severity): ConfigFinding["priority"] {
  const known = PRIORITIES.get(severity);
  const priority = known ?? { score: plainScore(severity), reasons: [`severity ${severity}`] };
  PRIORITIES.set(severity, priority);
  return priority;
}

function idOf(check: string, path: string, subject: ConfigSubject, state: string): string {
  const { kind, namespace, name, container } = subject;
  return stableId([check, path, kind, namespace ?? "", name, container ?? "", state]);
}

/** The same finding in a file of another name, as a copy of a folder has it. */
export function movedTo(finding: ConfigFinding, rename: (path: string) => string): ConfigFinding {
  const { rule, subject, message, locations } = finding;
  const [first] = locations;
  if (first === undefined) return finding;
  const path = rename(first.path);
  const state = message.slice(subjectPhrase(subject).length + ": ".length);
  return {
    ...finding,
    id: idOf(rule.id, path, subject, state),
    locations: locations.map((location) => ({ ...location, path: rename(location.path) })),
  };
}

function repairOf({ repair }: Fault, { editable }: Answered): Pick<ConfigFinding, "repair"> {
  if (repair === undefined || editable === undefined) return {};
  return { repair: { document: editable.document, of: editable.of(), edits: repair } };
}

function subjectOf(subject: Subject, container: string | null): ConfigSubject {
  const { platform, kind, name, namespace, owner } = subject;
  // A service or an engine's container is its own and only container.
  const isWhole = PARTS[platform] === undefined && platform !== "host";
  const part = isWhole ? name : container;
  const made = { platform, kind, name, namespace, container: part };
  return owner === undefined ? made : { owner, ...made };
}

/** What a subject is made of, where it has several. */
const PARTS: Readonly<Partial<Record<ConfigSubject["platform"], string>>> = {
  kubernetes: "container",
  github: "job",
  gitlab: "job",
  dockerfile: "stage",
};

/** `Deployment web, container app`. */
export function subjectPhrase({ kind, name, container, platform }: ConfigSubject): string {
  const whole = name === "" ? kind : `${kind} ${name}`;
  const part = PARTS[platform];
  return part !== undefined && container !== null ? `${whole}, ${part} ${container}` : whole;
}

/** Faults of one check at one place with the same words are one, whatever they were reached through. */
function causeOf({ rule, locations, message, subject, pointer }: ConfigFinding): string {
  const [place] = locations;
  const state = message.slice(subjectPhrase(subject).length);
  // What came in a request stands in no line, and is told apart by where it stands in the object.
  const spot = place?.line === undefined ? [pointer] : [place.line, place.column];
  return [rule.id, place?.path, ...spot, state].join("\n");
}

function byUrgency(a: ConfigFinding, b: ConfigFinding): number {
  return (
    b.priority.score - a.priority.score || comparePlaces(a, b) || (a.rule.id < b.rule.id ? -1 : 1)
  );
}

function comparePlaces(a: ConfigFinding, b: ConfigFinding): number {
  const [here, there] = [a.locations[0], b.locations[0]];
  if (here?.path !== there?.path) return (here?.path ?? "") < (there?.path ?? "") ? -1 : 1;
  return (here?.line ?? 0) - (there?.line ?? 0) || (here?.column ?? 0) - (there?.column ?? 0);
}
