// `bulwark scan`: what is inside what the user named, what is wrong with it, and whether that reaches a threshold.
import { openCache } from "../io/cache.ts";
import { now } from "../io/clock.ts";
import { cacheFolder, dataFolder } from "../io/folders.ts";
import { openRecord, readScanFile, type ScanRecord } from "../io/record.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError, ERROR_CODES, type ErrorCode } from "../kit/error.ts";
import type { Platform } from "../model/artifact.ts";
import { isDigest } from "../model/digest.ts";
import type { InUseRecord } from "../model/in-use.ts";
import type { Problem } from "../model/problem.ts";
import type { ScanResult } from "../model/scan.ts";
import type { Threshold } from "../model/severity.ts";
import type { ReadyCheck } from "../stages/check/run.ts";
import { baselineOf } from "../stages/decide/baseline.ts";
import { asksFor, exitCodeOf, type Question } from "../stages/decide/decide.ts";
import { thresholdQuestion } from "../stages/decide/findings-clause.ts";
import { unusedExceptions } from "../stages/decide/suppress.ts";
import { isOf } from "../stages/match/in-use.ts";
import { openAdvisories } from "./advisories.ts";
import { type Assessed, type Assessment, assess, type OverrideFor } from "./assess.ts";
import type { AttachedReader } from "./attached-facts.ts";
import { readDecisions, readInUseFiles } from "./decisions.ts";
import type { ExamineContext } from "./examined.ts";
import { remembered } from "./remembered.ts";
import type { Subject } from "./subject.ts";
import { subjectsOf } from "./subjects.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Asker, recordVerdicts } from "./verdict-evidence.ts";

/** What is to be examined, and with what knowledge. */
export interface TargetsRequest {
  readonly targets: readonly string[];
  /** Every image of every container on this host. */
  readonly running: boolean;
  readonly platform: Platform | null;
  readonly onlyFixable: boolean;
  /** A file, or the digest of an earlier scan. */
  readonly baseline: string | null;
  readonly exceptions: string | null;
  readonly vex: readonly string[];
  /** Files that `bulwark drift --format json` wrote. */
  readonly inUse: readonly string[];
  readonly offline: boolean;
  readonly db: string | null;
  /** Folder of the evidence log in which verdicts must be recorded; null for the usual one, if it can be written. */
  readonly evidence: string | null;
  /** Whether layers may come out of the cache, and go into it. */
  readonly cached: boolean;
  /** Whether the content is searched for secrets, and a repository's history with it. */
  readonly secrets: "no" | "content" | "content-and-history";
}

export interface ScanRequest extends TargetsRequest {
  /** `--fail-on`; null when nobody asks for a verdict. */
  readonly threshold: Threshold | null;
}

/** An artifact that could not be scanned at all. */
export interface FailedTarget {
  readonly target: string;
  readonly error: AppError;
}

export interface ScanRun {
  /** In the order in which they were named. */
  readonly results: readonly ScanResult[];
  readonly failures: readonly FailedTarget[];
  readonly exitCode: number;
}

/**
 * Scans every target. One that fails does not take the others' results along: it is reported beside them.
 *
 * @throws {AppError} for what concerns all targets: exceptions, baseline, advisory store, interruption.
 */
export async function runScan(request: ScanRequest, surroundings: Surroundings): Promise<ScanRun> {
  const { assessed, ...run } = await assessTargets(request, askedBy(request), surroundings);
  return { ...run, results: assessed.map(({ result }) => result) };
}

export interface Asked {
  readonly question: Question;
  /** Whom rules about what is attached believe; null when there are none. */
  readonly trust: LoadedTrust | null;
  /** What is asked of workloads that a target holds. */
  readonly checks: readonly ReadyCheck[];
  /** Whether what files of a target name must be pinned. */
  readonly demandsPins: boolean;
  /** Whether a rule names secrets, so that nobody may leave the search out. */
  readonly demandsSecrets: boolean;
  /** Who asks; null when the answers are no decisions, and so are not recorded. */
  readonly asker: Asker | null;
  readonly overrideFor: OverrideFor;
}

/** The policy behind `--fail-on`. */
function askedBy({ threshold, onlyFixable }: ScanRequest): Asked | null {
  if (threshold === null) return null;
  return {
    question: thresholdQuestion(threshold),
    trust: null,
    checks: [],
    demandsPins: false,
    demandsSecrets: false,
    overrideFor: NO_OVERRIDE,
    asker: {
      command: `scan --fail-on ${threshold}${onlyFixable ? " --only-fixable" : ""}`,
      policy: { name: `fail-on ${threshold}`, digest: null },
    },
  };
}

const NO_OVERRIDE: OverrideFor = () => null;

export interface AssessedRun {
  /** In the order in which they were named. */
  readonly assessed: readonly Assessed[];
  readonly failures: readonly FailedTarget[];
  readonly exitCode: number;
}

/**
 * Scans every target and asks the question of each.
 *
 * @param asked null when nobody asks for a verdict.
 * @throws {AppError} as {@link runScan}.
 */
export async function assessTargets(
  request: TargetsRequest,
  asked: Asked | null,
  surroundings: Surroundings,
): Promise<AssessedRun> {
  const { env } = surroundings;
  const record = openRecord(dataFolder(env));
  const context: ExamineContext = {
    ...surroundings,
    cache: openCache(request.cached ? cacheFolder(env) : null),
    record,
    platform: request.platform,
    offline: request.offline,
    checks: asked?.checks ?? [],
    demandsPins: asked?.demandsPins ?? false,
    secrets: request.secrets !== "no" || asked?.demandsSecrets === true,
    history: request.secrets !== "content",
  };
  const advisories = await openAdvisories(request.db, env, now());
  try {
    const assessment: Assessment = {
      ...advisories,
      ...(await readDecisions(request)),
      inUse: await readInUseFiles(request.inUse, env),
      question: asked?.question ?? null,
      attached: await readerOf(asked, { ...surroundings, offline: request.offline }),
      onlyFixable: request.onlyFixable,
      baseline:
        request.baseline === null
          ? null
          : baselineOf(await baselineScans(request.baseline, record)),
      overrideFor: asked?.overrideFor ?? NO_OVERRIDE,
      now: now(),
    };
    const all = await scanAll(request, context, assessment);
    sayUnscanned(all.assessed, assessment.inUse ?? [], surroundings);
    const assessed = withUnused(all.assessed, assessment, await context.cache.settled());
    for (const { result } of assessed) record.saveScan(remembered(result, process.cwd()));
    const asker = asked?.asker ?? null;
    if (asker !== null) {
      const run = { assessed, failures: all.failures };
      await recordVerdicts(run, asker, request.evidence, surroundings);
    }
    const codes = [
      ...assessed.map(({ result }) => result.exitCode),
      ...all.failures.map(({ error }) => ERROR_CODES[error.code].exitCode),
    ];
    return {
      assessed: noted(assessed, await record.settled()),
      failures: all.failures,
      exitCode: exitCodeOf(codes),
    };
  } finally {
    surroundings.progress(null);
    advisories.close();
  }
}

/** A look at containers of another image says nothing here, which nobody would notice. */
function sayUnscanned(
  assessed: readonly Assessed[],
  records: readonly InUseRecord[],
  { warn }: Surroundings,
): void {
  const isScanned = ({ digest }: InUseRecord): boolean =>
    assessed.some(({ result }) => isOf(digest, result.artifact));
  const watched = records.filter(({ how }) => how === "watched");
  if (watched.length > 0 && !watched.some(isScanned))
    warn("nothing is known of what is in use: no container of what was scanned was watched here");
  for (const one of records.filter(({ how }) => how === "snapshot")) {
    const { digest, container } = one;
    if (!isScanned(one))
      warn(
        `what ${JSON.stringify(container)} was seen to run does not count: it is of image ${digest}, which was not scanned`,
      );
  }
}

async function readerOf(
  asked: Asked | null,
  context: Surroundings & { readonly offline: boolean },
): Promise<AttachedReader | null> {
  if (asked === null || asked.trust === null) return null;
  const { attachedReader } = await import("./attached-facts.ts");
  return attachedReader(asked.trust, context);
}

interface AllScanned {
  readonly assessed: readonly Assessed[];
  readonly failures: readonly FailedTarget[];
}

async function scanAll(
  request: TargetsRequest,
  context: ExamineContext,
  assessment: Assessment,
): Promise<AllScanned> {
  const assessed: Assessed[] = [];
  const failures: FailedTarget[] = [];
  const attempt = async (target: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const letThrough = await withoutAnswer(target, error, assessment);
      if (letThrough === null) failures.push({ target, error });
      else assessed.push(letThrough);
    }
  };
  const scanned = async (subject: Subject): Promise<void> => {
    context.progress(`${subject.target}: opening`);
    assessed.push(await assess(await subject.examine(), assessment));
  };
  const scanEach = (target: string, subjects: () => Promise<Subject[]>): Promise<void> =>
    attempt(target, async () => {
      for (const subject of await subjects()) await attempt(subject.target, () => scanned(subject));
    });
  if (request.running) {
    const { imagesRunningHere } = await import("./named-images.ts");
    await scanEach("--running", () => imagesRunningHere(context));
  }
  for (const target of request.targets) await scanEach(target, () => subjectsOf(target, context));
  return { assessed, failures };
}

/** Services that are down are what overrides are for. */
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set([
  "registry-unavailable",
  "registry-rate-limited",
  "registry-auth",
  "engine-unavailable",
  "fetch-failed",
  "offline",
]);

/** An image that cannot be had, and for which an override holds; null for all others. */
async function withoutAnswer(
  target: string,
  error: AppError,
  assessment: Assessment,
): Promise<Assessed | null> {
  if (!UNREACHABLE.has(error.code)) return null;
  const { unavailableImage } = await import("./named-images.ts");
  const examined = unavailableImage(target, error.message);
  return assessment.overrideFor(examined.artifact) === null ? null : assess(examined, assessment);
}

async function baselineScans(baseline: string, record: ScanRecord): Promise<readonly ScanResult[]> {
  if (!isDigest(baseline)) return readScanFile(baseline);
  const result = await record.scanOf(baseline);
  if (result !== null) return [result];
  throw new AppError("not-found", `cannot use baseline ${baseline}: it was not scanned here`, {
    hint: "scan it first, or name a file that bulwark scan --format json wrote",
    subject: baseline,
  });
}

/** Whether an exception is used is known only when everything has been scanned. */
function withUnused(
  assessed: readonly Assessed[],
  { exceptions, question }: Assessment,
  more: readonly Problem[],
): Assessed[] {
  const used = new Set(assessed.flatMap((a) => [...a.used]));
  const isAsked = (rule: string): boolean => question !== null && asksFor(question, rule);
  return assessed.flatMap((a) => {
    const place = { artifact: a.result.artifact, users: a.users };
    return noted([a], [...unusedExceptions(exceptions, used, place, isAsked), ...more]);
  });
}

/** Adds problems that change no verdict. */
function noted(assessed: readonly Assessed[], problems: readonly Problem[]): Assessed[] {
  if (problems.length === 0) return [...assessed];
  return assessed.map((a) => {
    const result = { ...a.result, problems: [...a.result.problems, ...problems] };
    return { ...a, result };
  });
}
