// One AdmissionReview answered: what it asks to run, what the policy says of it, and what the API server is told. The webhook and
// `bulwark admit review` both ask here.
import { REVIEW_VERSION, readAdmissionReview } from "../formats/admission-review.ts";
import {
  isKubernetesObject,
  readKubernetes,
  runsContainers,
} from "../formats/workload/kubernetes.ts";
import { ownerOf } from "../formats/workload/owner.ts";
import { AppError } from "../kit/error.ts";
import type { WorkloadDecision } from "../model/admission.ts";
import type { ReviewRequest, ReviewResponse } from "../model/admission-review.ts";
import type { PolicySummary } from "../model/gate.ts";
import type { Workload } from "../model/workload.ts";
import { type AdmissionMode, saidInMode } from "../stages/decide/admission-mode.ts";
import type { Admission } from "./admission.ts";

export { ADMISSION_MODES, type AdmissionMode } from "../stages/decide/admission-mode.ts";

/** How reviews are answered. */
export interface ReviewSettings {
  readonly mode: AdmissionMode;
  /** Namespaces in which everything may run, so that nobody locks a cluster out. */
  readonly excluded: ReadonlySet<string>;
}

/** What came of a review. `passed`: it was not asked about. `refused`: it cannot be read. */
export type ReviewOutcome = "allow" | "deny" | "undecided" | "passed" | "refused";

/** Whom to ask, and how. */
export interface Asked {
  readonly admission: Pick<Admission, "decide" | "policy">;
  readonly settings: ReviewSettings;
}

export interface AnsweredReview {
  readonly response: ReviewResponse;
  readonly outcome: ReviewOutcome;
  /** Lower-case sentence parts. */
  readonly reasons: readonly string[];
  /** Of what is to run: the beginning of one where the API server is to find it. */
  readonly name: string;
  /** null when it cannot be read, or is not what it says. */
  readonly request: ReviewRequest | null;
  /** Whenever the policy was asked. */
  readonly decision: WorkloadDecision | null;
}

/**
 * Answers a review: at once when everything is known, otherwise a promise.
 *
 * @throws Never; a promise rejects with the signal's reason alone.
 */
export function answerReview(
  bytes: Buffer,
  asked: Asked,
): AnsweredReview | Promise<AnsweredReview> {
  let request: ReviewRequest;
  try {
    request = readAdmissionReview(bytes);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const why = { message: error.message, uid: error.subject, code: 400 };
    return refused(why, asked.settings.mode);
  }
  const why = passing(request, asked.settings);
  return why === null ? decided(request, asked) : passed(request, why);
}

/**
 * What cannot be looked at: denied where anything is.
 *
 * @param code HTTP status.
 */
export function refused(
  why: { readonly message: string; readonly uid: string | null; readonly code: number },
  mode: AdmissionMode,
): AnsweredReview {
  const { message, code } = why;
  const told =
    mode === "enforce"
      ? { allowed: false, code, message }
      : { warnings: mode === "warn" ? [`it would be denied: ${message}`] : [] };
  const auditAnnotations = { verdict: "refused", reasons: message };
  const response = { ...PLAIN, ...told, auditAnnotations, uid: why.uid ?? "" };
  return {
    response,
    outcome: "refused",
    reasons: [message],
    name: "",
    request: null,
    decision: null,
  };
}

const PLAIN: Omit<ReviewResponse, "uid"> = {
  apiVersion: REVIEW_VERSION,
  allowed: true,
  code: 200,
  message: null,
  warnings: [],
  auditAnnotations: {},
  patch: null,
};

function passed(request: ReviewRequest, why: string): AnsweredReview {
  const response = { ...PLAIN, apiVersion: request.apiVersion, uid: request.uid };
  return {
    response,
    outcome: "passed",
    reasons: [why],
    name: request.name,
    request,
    decision: null,
  };
}

/** Why a review is not asked about; null when it is. */
function passing(
  { operation, subResource, namespace }: ReviewRequest,
  { excluded }: ReviewSettings,
): string | null {
  if (operation !== "CREATE" && operation !== "UPDATE") return "nothing begins to run by it";
  if (subResource !== "" && subResource !== "ephemeralcontainers")
    return "it changes nothing that is asked about";
  if (namespace !== null && excluded.has(namespace)) return "its namespace is excluded";
  return null;
}

function decided(
  request: ReviewRequest,
  { admission, settings: { mode } }: Asked,
): AnsweredReview | Promise<AnsweredReview> {
  const { uid, kind, subResource } = request;
  const cannot = (message: string): AnsweredReview => refused({ message, uid, code: 400 }, mode);
  const workloads = workloadsIn(request, request.object);
  const [workload] = workloads;
  if (workload === undefined) {
    if (!runsContainers(kind) && subResource === "") return passed(request, "it runs nothing");
    return cannot(`cannot read the ${kind || "object"}: no pod is in it`);
  }
  if (workloads.length > 1 || (runsContainers(kind) && workload.kind !== kind))
    return cannot(`cannot read the ${kind}: something else is in it`);
  if (isUnchanged(request, workload)) return passed(request, "nothing of what it runs changes");
  const answer = (decision: WorkloadDecision): AnsweredReview =>
    told({ request, workload, decision }, mode, admission.policy);
  const decision = admission.decide(workload);
  return decision instanceof Promise ? decision.then(answer) : answer(decision);
}

/** The object's own word about its namespace does not count: it is stored where the request says. */
function workloadsIn({ namespace, name, user }: ReviewRequest, object: unknown): Workload[] {
  if (!isKubernetesObject(object)) return [];
  const owner = ownerOf(object, user);
  return readKubernetes(object).map((workload) => {
    const stored = {
      ...workload,
      namespace: namespace ?? workload.namespace,
      name: workload.name === "" ? name : workload.name,
    };
    return owner === null ? stored : { owner, ...stored };
  });
}

/** Who may not take a label or a finalizer off what runs already cannot get rid of it. */
function isUnchanged(request: ReviewRequest, workload: Workload): boolean {
  if (request.operation !== "UPDATE") return false;
  const [before] = workloadsIn(request, request.oldObject);
  return before !== undefined && asRun(before) === asRun(workload);
}

/** In which version it is written, and what has been started of it, change nothing of what it runs. */
function asRun(workload: Workload): string {
  return JSON.stringify({ ...workload, apiVersion: undefined, started: null });
}

interface Decided {
  readonly request: ReviewRequest;
  readonly workload: Workload;
  readonly decision: WorkloadDecision;
}

function told(
  { request, workload, decision }: Decided,
  mode: AdmissionMode,
  policy: PolicySummary,
): AnsweredReview {
  const said = saidInMode(decision, mode, { subject: subjectOf(workload), policy });
  const { outcome, reasons } = decision.verdict;
  const response: ReviewResponse = {
    uid: request.uid,
    ...PLAIN,
    apiVersion: request.apiVersion,
    allowed: said.allowed,
    code: said.allowed ? 200 : 403,
    message: said.message,
    warnings: said.warnings,
    auditAnnotations: annotationsOf(outcome, reasons, policy.name),
  };
  const told = outcome === "none" ? "allow" : outcome;
  return { response, outcome: told, reasons, name: workload.name, request, decision };
}

/** Keys without a prefix: the API server writes the webhook's name before them. */
function annotationsOf(
  outcome: string,
  reasons: readonly string[],
  policy: string,
): ReviewResponse["auditAnnotations"] {
  if (outcome !== "deny" && outcome !== "undecided") return NO_ANNOTATIONS;
  return { verdict: outcome, policy, reasons: reasons.join("; ") };
}

const NO_ANNOTATIONS = {};

/** `Deployment shop/web`. */
function subjectOf({ kind, namespace, name }: Workload): string {
  return `${kind} ${namespace === null ? "" : `${namespace}/`}${name}`.trimEnd();
}
