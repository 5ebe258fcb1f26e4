// A standard, requirement by requirement, with what was seen of each: the report that auditors ask for.

import type { ConfigFinding } from "../../model/finding.ts";
import type { FrameworkReport, RequirementReport } from "../../model/framework-report.ts";
import type { Check, Control, Standard } from "./contract.ts";
import { aspectKey, type Tallies, type Tally } from "./findings.ts";
import { type StandardText, standards } from "./standards.data.ts";

/** Every standard that checks answer to, in alphabetical order. */
export const STANDARDS = Object.keys(standards) as readonly Standard[];

/** By its name or the beginning of it, as `cis-docker`; null where none or several begin so. */
export function standardNamed(name: string): Standard | null {
  const found = STANDARDS.filter((id) => id === name || id.startsWith(`${name}-`));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Whether a check, or one of its aspects, answers to a standard. */
export function answersTo(check: Check, standard: Standard): boolean {
  return controlsOf(check).some((control) => control.standard === standard);
}

/** What was found, and what was decided not to count. */
export interface Evidence {
  readonly checks: readonly Check[];
  readonly tallies: Tallies;
  readonly findings: readonly ConfigFinding[];
  readonly accepted: readonly ConfigFinding[];
}

/**
 * The report. A requirement passes only when something was looked at for it, nothing is against it and nothing is unknown; one
 * that no check answers is said to be open, and one with nothing to look at is not applicable here.
 */
export function frameworkReport(standard: Standard, evidence: Evidence): FrameworkReport {
  const { title, url, requirements }: StandardText = standards[standard];
  const reports = requirements.map(([id, text]) =>
    requirementReport({ standard, id }, text, evidence),
  );
  return { standard, title, url, requirements: reports };
}

function requirementReport(
  control: Control,
  title: string,
  { checks, tallies, findings, accepted }: Evidence,
): RequirementReport {
  const asking = checks.filter((check) => controlsOf(check).some((one) => isSame(one, control)));
  const against = (all: readonly ConfigFinding[]): number =>
    all.filter((finding) => finding.controls.some((one) => isSame(one, control))).length;
  const seen = asking.flatMap((check) => talliesFor(check, control, tallies));
  const total = (of: "pass" | "fault" | "unknown"): number =>
    seen.reduce((sum, tally) => sum + tally[of], 0);
  const faults = against(findings);
  const exempt = against(accepted);
  const unknown = total("unknown");
  const looked = total("pass") + total("fault") + unknown;
  const facts = { id: control.id, title, checks: asking.map(({ id }) => id) };
  const numbers = { looked, findings: faults, accepted: exempt, unknown };
  return { ...facts, ...numbers, standing: standingOf(asking.length > 0, numbers) };
}

/** Of the whole check where it answers to the requirement as a whole; else of those of its aspects that do. */
function talliesFor(
  { id, controls, aspects = {} }: Check,
  control: Control,
  all: Tallies,
): Tally[] {
  const whole = all.get(id) ?? NOTHING;
  if (controls.some((one) => isSame(one, control))) return [whole];
  return Object.entries(aspects)
    .filter(([, aspect]) => aspect.controls?.some((one) => isSame(one, control)) === true)
    .map(([aspect]) => all.get(aspectKey(id, aspect)) ?? whole);
}

function standingOf(
  isAsked: boolean,
  {
    looked,
    findings,
    accepted,
    unknown,
  }: Omit<RequirementReport, "id" | "title" | "checks" | "standing">,
): RequirementReport["standing"] {
  if (!isAsked) return "by-hand";
  if (findings > 0) return "fails";
  if (unknown > 0) return "unknown";
  if (accepted > 0) return "accepted";
  return looked > 0 ? "holds" : "not-applicable";
}

const NOTHING = { pass: 0, fault: 0, unknown: 0, "not-applicable": 0 };

function controlsOf(check: Check): Control[] {
  const aspects = Object.values(check.aspects ?? {});
  return [...check.controls, ...aspects.flatMap(({ controls = [] }) => controls)];
}

function isSame(
  a: { readonly standard: string; readonly id: string },
  b: { readonly standard: string; readonly id: string },
): boolean {
  return a.standard === b.standard && a.id === b.id;
}
