// `bulwark check`: whether what runs containers is configured as it ought to be.
import { now } from "../io/clock.ts";
import { version } from "../kit/build.ts";
import { AppError } from "../kit/error.ts";
import { list } from "../kit/phrase.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import type { ConfigFinding, Finding } from "../model/finding.ts";
import type { Problem } from "../model/problem.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Threshold } from "../model/severity.ts";
import type { Suppression } from "../model/suppression.ts";
import { checks } from "../plugins/checks/index.ts";
import type { Standard } from "../stages/check/contract.ts";
import { answersTo, frameworkReport, STANDARDS, standardNamed } from "../stages/check/framework.ts";
import { MINOR_VERSION_MAX } from "../stages/check/packs.ts";
import { readied } from "../stages/check/run.ts";
import type { Baseline } from "../stages/decide/baseline.ts";
import type { ImageFacts } from "../stages/decide/clause.ts";
import { asksFor, decide, type Question } from "../stages/decide/decide.ts";
import { thresholdQuestion } from "../stages/decide/findings-clause.ts";
import { type Suppressed, suppress, unusedExceptions } from "../stages/decide/suppress.ts";
import { PINNED } from "../stages/pin/unpinned.ts";
import { type Before, baselineFor } from "./check-baseline.ts";
import { readDecisions } from "./decisions.ts";
import { type CheckedFiles, checkedFiles, type FilesAsked } from "./examine-configuration.ts";
import { plainExamined } from "./examined.ts";
import type { Surroundings } from "./surroundings.ts";

/** The standards by which a check can report. */
export const FRAMEWORKS: readonly string[] = STANDARDS;

export interface CheckRequest {
  readonly targets: readonly string[];
  /** A policy file, or the name of a pack, with a version or without; null to run every check. */
  readonly policy: string | null;
  readonly threshold: Threshold | null;
  readonly exceptions: string | null;
  /** Run the checks that answer to this standard, and report by its requirements; not together with a policy. */
  readonly framework: string | null;
  /** Files with values for Helm charts. */
  readonly values?: readonly string[];
  /** Leave out what was there before; null to leave out nothing. */
  readonly before: Before | null;
}

/**
 * Checks whatever is configured in the files and folders named.
 *
 * @param instead Bytes that are taken for those of a file, by its path.
 * @throws {AppError} `usage` for a policy that there is not or that asks no check, `config-invalid` for a policy or exceptions,
 *   `not-found`, `unreadable`.
 */
export async function runCheck(
  request: CheckRequest,
  surroundings: Surroundings,
  instead: ReadonlyMap<string, Buffer> = new Map(),
): Promise<CheckResult> {
  const { question, ...asking } = await askingOf(request);
  const { exceptions } = await readDecisions({ exceptions: request.exceptions, vex: [] });
  const looked = { ...asking, instead };
  const checked = await checkedFiles(request.targets, looked, surroundings);
  const baseline = await baselineOfRequest(request, asking, surroundings);
  if (checked.subjects.length === 0 && checked.problems.length === 0 && !asking.demandsPins)
    throw nothingFound(request);
  const { targets, policy } = request;
  const { standard } = asking;
  return concluded(checked, { targets, policy, standard, question, exceptions, baseline });
}

/** What the answers of checks are weighed with. */
export interface Conclusion {
  /** As the user wrote them. */
  readonly targets: readonly string[];
  readonly policy: string | null;
  /** By whose requirements to report; null for none. */
  readonly standard: Standard | null;
  /** null when nobody asks for a verdict. */
  readonly question: Question | null;
  readonly exceptions: readonly Suppression[];
  readonly baseline: Baseline | null;
}

/** From what checks said to the result: what was decided not to count is put aside, and the question is answered. */
export function concluded(
  checked: CheckedFiles,
  { targets, policy, standard, question, exceptions, baseline }: Conclusion,
): CheckResult {
  const checkedAt = now();
  const artifact = configuration(targets);
  const today = checkedAt.slice(0, 10);
  const nothing = { vex: [], baseline, onlyFixable: false };
  const place = { artifact, users: [] };
  const aside = suppress({ ...place, findings: checked.findings, exceptions, today, ...nothing });
  const findings = aside.findings.filter((finding) => finding.kind === "config");
  const problems: Problem[] = [...checked.problems, ...aside.problems];
  const facts = configurationFacts({ artifact, findings, problems, today });
  const asked = question === null ? null : { ...question, exceptions };
  const { verdict, exitCode, ...exempt } = decide(facts, asked);
  const used = new Set([...aside.used, ...exempt.used]);
  const isAsked = (rule: string): boolean =>
    isCheck(rule) || (question !== null && asksFor(question, rule));
  return {
    schema: CHECK_SCHEMA,
    tool: { name: "bulwark", version },
    checkedAt,
    targets,
    policy,
    subjects: checked.subjects,
    findings,
    suppressed: aside.suppressed,
    exempted: exempt.exempted,
    problems: [
      ...problems,
      ...exempt.problems,
      ...unusedExceptions(exceptions.filter(isOfConfig), used, place, isAsked),
    ],
    framework:
      standard === null
        ? null
        : frameworkReport(standard, { checks, tallies: checked.tallies, ...counted(aside) }),
    verdict,
    exitCode,
  };
}

/**
 * The same request with what was there before looked up, for whoever asks it more than once.
 *
 * @throws {AppError} As {@link runCheck}.
 */
export async function withBaseline(
  request: CheckRequest,
  surroundings: Surroundings,
): Promise<CheckRequest> {
  const asking = await askingOf(request);
  const baseline = await baselineOfRequest(request, asking, surroundings);
  return { ...request, before: baseline && { kind: "known", baseline } };
}

async function baselineOfRequest(
  { before, targets }: CheckRequest,
  asking: FilesAsked,
  surroundings: Surroundings,
): Promise<Baseline | null> {
  return before === null ? null : baselineFor(before, targets, asking, surroundings);
}

interface Asking extends FilesAsked {
  /** null when nobody asks for a verdict. */
  readonly question: Question | null;
  readonly standard: Standard | null;
}

/** What was there before is against a standard all the same; what somebody answers for is accepted. */
function counted({ findings, suppressed }: Suppressed): {
  findings: ConfigFinding[];
  accepted: ConfigFinding[];
} {
  const isConfig = (finding: Finding): finding is ConfigFinding => finding.kind === "config";
  const aside = (accepted: boolean): ConfigFinding[] =>
    suppressed
      .filter(({ by }) => (by === "exception") === accepted)
      .map(({ finding }) => finding)
      .filter(isConfig);
  return { findings: [...findings.filter(isConfig), ...aside(false)], accepted: aside(true) };
}

/** What a policy asks of workloads; without one, every check, as of the latest version. A threshold beats the policy's word. */
async function askingOf({
  policy: named,
  threshold,
  framework,
  values = [],
}: CheckRequest): Promise<Asking> {
  const limit = threshold === null ? null : thresholdQuestion(threshold);
  if (named === null) {
    const standard = framework === null ? null : namedStandard(framework);
    const wanted = checks.filter((check) => standard === null || answersTo(check, standard));
    const all = wanted.map((check) => readied(check, MINOR_VERSION_MAX));
    return { checks: all, demandsPins: false, question: limit, standard, values };
  }
  if (framework !== null)
    throw new AppError("usage", "cannot check by a policy and a framework at once", {
      hint: "run bulwark check once with --policy and once with --framework",
    });
  const { loadPolicy } = await import("./policy.ts");
  const asked = (await loadPolicy(named)).checksAt("deploy");
  if (asked.checks.length > 0 || asked.demandsPins)
    return { ...asked, question: limit ?? asked.question, standard: null, values };
  throw new AppError("usage", `cannot check by ${JSON.stringify(named)}: it asks no check`, {
    hint: "add packs: [pss-baseline], or rules such as check: no-privileged",
    subject: named,
  });
}

/** @throws {AppError} `usage` for a name that no standard has. */
export function namedStandard(name: string): Standard {
  const found = standardNamed(name);
  if (found !== null) return found;
  throw new AppError("usage", `cannot report by framework ${JSON.stringify(name)}: there is none`, {
    hint: `there are ${list(STANDARDS)}`,
  });
}

function nothingFound({ targets }: CheckRequest): AppError {
  const named = targets.map((target) => JSON.stringify(target)).join(", ");
  return new AppError("usage", `cannot check ${named}: nothing in it builds or runs containers`, {
    hint: "name Kubernetes objects, Compose files, Dockerfiles, what docker inspect wrote, or folders of them",
  });
}

/** One file of exceptions serves scans and checks: only what can be meant for configuration is missed here. */
function isOfConfig({ names, id }: Suppression): boolean {
  return names === "rule" || isCheck(id);
}

function isCheck(id: string): boolean {
  return id === PINNED || checks.some((check) => check.id === id);
}

/** A result of checks in the form of a scan, for formats that know only those. */
export function asScan(result: Omit<CheckResult, "schema">): ScanResult {
  const { tool, checkedAt, targets, findings, suppressed, problems, verdict, exitCode } = result;
  return {
    schema: "bulwark.dev/scan/v1",
    tool,
    scannedAt: checkedAt,
    artifact: configuration(targets),
    distribution: null,
    data: { kind: "none", builtAt: null, ageHours: null, ecosystems: [], advisories: 0 },
    packages: [],
    findings,
    suppressed,
    problems,
    verdict,
    exitCode,
  };
}

/** What is configured has no layers, no packages and no digest. */
export function configuration(targets: readonly string[]): ArtifactSummary {
  const inventory = { distribution: null, packages: [], problems: [] };
  return plainExamined({ kind: "configuration", target: targets.join(" ") }, inventory).artifact;
}

export function configurationFacts(
  known: Pick<ImageFacts, "artifact" | "findings" | "problems" | "today">,
): ImageFacts {
  return {
    settings: null,
    distribution: null,
    packages: [],
    data: "not-needed",
    attached: { state: "unasked" },
    ...known,
  };
}
