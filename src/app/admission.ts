// Whether a workload may run: one policy over what it asks for and over the images that it names. The webhook, the engine's plugin
// and `admit review` ask here, and `bulwark check` asks the same checks.
import { now } from "../io/clock.ts";
import { overrideFolder } from "../io/folders.ts";
import { sha256Of } from "../io/sha256.ts";
import type { LoadedTrust } from "../io/trust/examination.ts";
import { forgetful, openVerdictMemory, type VerdictMemory } from "../io/verdict-memory.ts";
import type { ImageAnswer, WorkloadDecision } from "../model/admission.ts";
import type { Platform } from "../model/artifact.ts";
import type { Digest } from "../model/digest.ts";
import type { PolicySummary } from "../model/gate.ts";
import { type AppliedOverride, type OverrideSubject, overrideText } from "../model/override.ts";
import { parseReference } from "../model/reference.ts";
import type { Suppression } from "../model/suppression.ts";
import type { Workload } from "../model/workload.ts";
import { told } from "../stages/check/findings.ts";
import { runChecks } from "../stages/check/run.ts";
import { jointVerdict } from "../stages/decide/admission.ts";
import { type Decision, decide, type Question } from "../stages/decide/decide.ts";
import { WOULD_BE } from "../stages/decide/override.ts";
import { suppress } from "../stages/decide/suppress.ts";
import { configuration, configurationFacts } from "./check.ts";
import { readDecisions } from "./decisions.ts";
import { type ExceptedImages, exceptedImages } from "./excepted-images.ts";
import type { ImagesAsked, VerdictCounts } from "./image-verdicts.ts";
import { type Overrides, overridesFor } from "./overrides.ts";
import { type LoadedPolicy, loadPolicy } from "./policy.ts";
import { trustForImages } from "./policy-trust.ts";
import type { Surroundings } from "./surroundings.ts";

export interface AdmissionRequest {
  /** A file, or a built-in pack; null for `bulwark.yaml`, else `startup`. */
  readonly policy: string | null;
  /** The trust file; null for the one that the policy names. */
  readonly trust: string | null;
  readonly exceptions: string | null;
  readonly overrides: {
    readonly files: readonly string[];
    /** Files of public keys that count beside those of the policy. */
    readonly keys: readonly string[];
  };
  readonly offline: boolean;
  /** Of the machines that are to run what asks; null when they may be of any: then an image must do for all of its platforms. */
  readonly platform: Platform | null;
  /** Folder in which what was allowed outlives the process; absent: it does not. */
  readonly memory?: string;
}

/** A policy that answers whoever asks to run something. */
export interface Admission {
  readonly policy: PolicySummary;
  /** Whether the images of a workload are asked about at all. */
  readonly asksAboutImages: boolean;
  /**
   * Decides about one workload: at once when the verdicts about all its images are known, otherwise a promise.
   *
   * @param images The same, with its images named as verdicts about them are to be asked, where who runs it knows better what a
   *   name means.
   * @throws Never; a promise rejects with the signal's reason alone.
   */
  decide(workload: Workload, images?: Workload): WorkloadDecision | Promise<WorkloadDecision>;
  readonly counts: VerdictCounts;
  /** Of everything that was read: the same fingerprint, the same answers. */
  readonly fingerprint: Digest;
}

/**
 * Reads everything that is needed to decide.
 *
 * @throws {AppError} as `loadPolicy`, `trustFor`, `readDecisions` and `overridesFor` do.
 */
export async function openAdmission(
  request: AdmissionRequest,
  surroundings: Surroundings,
): Promise<Admission> {
  const policy = await loadPolicy(request.policy);
  const { checks, ...configured } = policy.checksAt("deploy");
  const asked = policy.imagesAt("deploy");
  const { exceptions } = await readDecisions({ exceptions: request.exceptions, vex: [] });
  const overrides = await overridesAt(request, policy, surroundings);
  const trust = asked === null ? null : await trustForImages(policy, "deploy", request.trust);
  const fingerprint = sha256Of(
    JSON.stringify([
      policy.summary,
      policy.policy,
      plainTrust(trust),
      exceptions,
      overrides.all,
      request.platform,
    ]),
  );
  const memory = await memoryOf(asked, request, fingerprint, surroundings);
  const images =
    asked === null
      ? null
      : imagesOf(
          { question: { ...asked, exceptions }, trust, memory },
          policy,
          request,
          surroundings,
        );
  const question: AskedQuestion = { ...configured.question, exceptions };
  const own = (workload: Workload): OwnDecision => {
    const answers = runChecks(workload, checks);
    const path = pathOf(workload);
    const said = told([{ path, subject: workload, answers, places: NO_PLACES }]);
    return ownDecision(path, said, question);
  };
  return {
    policy: policy.summary,
    fingerprint,
    asksAboutImages: images !== null,
    decide: (workload, named = workload) => {
      const decided = own(workload);
      if (images === null) return joined(named, decided, [], overrides);
      const answers = answersFor(named, images);
      return answers.some((answer) => answer instanceof Promise)
        ? Promise.all(answers).then((all) => joined(named, decided, all, overrides))
        : joined(named, decided, answers as readonly ImageAnswer[], overrides);
    },
    get counts() {
      return images?.counts ?? NO_COUNTS;
    },
  };
}

const NO_COUNTS: VerdictCounts = { hits: 0, asked: 0, failed: 0, known: 0 };
const NOWHERE = new Map<string, never>();
const NO_PLACES = (): ReadonlyMap<string, never> => NOWHERE;

/** What trust comes to, without what was made of it. */
function plainTrust(trust: LoadedTrust | null): unknown {
  if (trust === null) return null;
  const { keys, identities, certificates, roots } = trust;
  return {
    keys: keys.map(({ key: _, verifies: __, ...facts }) => facts),
    identities,
    certificates: certificates.map(({ certificate: _, ...facts }) => facts),
    roots: roots.map(({ name, fingerprint }) => [name, fingerprint]),
  };
}

/** What is decided about the workload itself. */
interface OwnDecision {
  readonly decision: Decision;
  readonly findings: WorkloadDecision["findings"];
}

type AskedQuestion = Question & { readonly exceptions: readonly Suppression[] };

/** The decision that `bulwark check` reaches about the same object. */
function ownDecision(
  path: string,
  said: ReturnType<typeof told>,
  question: AskedQuestion,
): OwnDecision {
  const artifact = configuration([path]);
  const { exceptions } = question;
  const today = now().slice(0, 10);
  const { findings: found } = said;
  const aside = suppress({ findings: found, exceptions, today, artifact, ...NOTHING_ELSE });
  const findings = aside.findings.filter((finding) => finding.kind === "config");
  const problems = [...said.problems, ...aside.problems];
  const facts = configurationFacts({ artifact, findings, problems, today });
  return { decision: decide(facts, question), findings };
}

const NOTHING_ELSE = { users: [], vex: [], baseline: null, onlyFixable: false };

/** `Deployment shop/web`: where an object came in a request, there is no file to name. */
function pathOf({ kind, namespace, name }: Workload): string {
  const scope = namespace === null ? "" : `${namespace}/`;
  return name === "" ? `${kind} ${namespace ?? ""}`.trim() : `${kind} ${scope}${name}`;
}

/** No pod has so many; whoever sends more is not waited for. */
const IMAGES_MAX = 100;

function answersFor(
  workload: Workload,
  images: ExceptedImages,
): (ImageAnswer | Promise<ImageAnswer>)[] {
  const answers = new Map<string, ImageAnswer | Promise<ImageAnswer>>();
  for (const { name, image } of workload.containers) {
    if (answers.size >= IMAGES_MAX) {
      answers.set("", untold(`it names more than ${IMAGES_MAX} images`));
      break;
    }
    if (image.state === "known") {
      if (!answers.has(image.value)) answers.set(image.value, images.of(image.value, workload));
    } else {
      const why = image.state === "unknown" ? image.why : "it names none";
      answers.set(
        `container ${name}`,
        untold(`cannot tell the image of container ${name}: ${why}`),
      );
    }
  }
  return [...answers.values()];
}

function untold(reason: string): ImageAnswer {
  return {
    reference: "",
    name: null,
    digest: null,
    verdict: { outcome: "undecided", reasons: [reason] },
    answers: [],
    decidedAt: now(),
    isLastKnownGood: false,
  };
}

function joined(
  workload: Workload,
  { decision, findings }: OwnDecision,
  images: readonly ImageAnswer[],
  overrides: Overrides,
): WorkloadDecision {
  const verdict = jointVerdict(decision.verdict, images);
  const decided = { verdict, answers: decision.answers, images, findings, override: null };
  if (verdict.outcome !== "deny" && verdict.outcome !== "undecided") return decided;
  const override = overrideOf(workload, decision, images, overrides);
  if (override === null) return decided;
  const reasons = [overrideText(override), WOULD_BE[verdict.outcome], ...verdict.reasons];
  return { ...decided, verdict: { outcome: "allow", reasons }, override };
}

/**
 * An override is about an image. It lets a workload through when one holds for each image that is objected to, and for every image
 * of the workload where the objection is to the workload itself.
 */
function overrideOf(
  { containers }: Workload,
  own: Decision,
  images: readonly ImageAnswer[],
  overrides: Overrides,
): AppliedOverride | null {
  if (overrides.all.length === 0) return null;
  const isOwn = own.verdict.outcome !== "allow" && own.verdict.outcome !== "none";
  const bad = images.filter(
    ({ verdict }) => verdict.outcome === "deny" || verdict.outcome === "undecided",
  );
  const needing = isOwn
    ? containers.map(({ image }) => (image.state === "known" ? image.value : ""))
    : bad.map(({ reference }) => reference);
  let first: AppliedOverride | null = null;
  for (const reference of new Set(needing)) {
    const digest = images.find((image) => image.reference === reference)?.digest ?? null;
    const subjects = subjectsOf(reference, digest);
    const override = overrides.find({ subjects, action: "admit", now: now() });
    if (override === null) return null;
    first ??= override;
  }
  return first;
}

function subjectsOf(reference: string, digest: Digest | null): OverrideSubject[] {
  try {
    const { registry, repository, ...asked } = parseReference(reference);
    return [
      {
        name: `${registry}/${repository}`,
        tag: asked.digest === null ? asked.tag : null,
        digest: asked.digest ?? digest,
      },
    ];
  } catch {
    return [];
  }
}

function imagesOf(
  asked: Pick<ImagesAsked, "question" | "trust" | "memory">,
  { policy, summary }: LoadedPolicy,
  { offline, platform }: AdmissionRequest,
  surroundings: Surroundings,
): ExceptedImages {
  if (asked.trust === null)
    surroundings.warn(
      `policy ${summary.name} has rules about what is inside images, and nobody is named whose verdicts about that are believed: write bulwark.trust.yaml, or give --trust FILE`,
    );
  const { lastKnownGoodHours } = policy;
  const circumstances = { platform, offline, lastKnownGoodHours };
  return exceptedImages({ ...asked, ...circumstances }, surroundings);
}

/** Only a rule that may fall back on it makes it worth keeping. */
async function memoryOf(
  asked: Question | null,
  { memory }: AdmissionRequest,
  fingerprint: Digest,
  { warn }: Surroundings,
): Promise<VerdictMemory> {
  const isAsked = asked?.clauses.some(({ head }) => head.failMode === "last-known-good") === true;
  return isAsked && memory !== undefined
    ? openVerdictMemory(memory, fingerprint, warn)
    : forgetful();
}

/** Those that were named, and those that lie on this host for whoever decides here. */
async function overridesAt(
  { overrides: { files, keys } }: AdmissionRequest,
  { policy }: LoadedPolicy,
  { env, warn }: Surroundings,
): Promise<Overrides> {
  const trusted = [...keys, ...policy.overrides.keys];
  const folder = trusted.length === 0 ? null : overrideFolder(env);
  const { daysMax } = policy.overrides;
  return overridesFor({ files, folder, keys: trusted, daysMax }, warn);
}
