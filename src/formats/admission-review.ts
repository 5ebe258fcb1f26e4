// AdmissionReview: what the API server sends to webhooks, and what it wants back.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/, admission.k8s.io/v1.
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { ReviewRequest, ReviewResponse } from "../model/admission-review.ts";
import { repeatedJsonKey } from "./json-keys.ts";
import { isPlain } from "./workload/facts.ts";

/** The version in which clusters ask since 2019. */
export const REVIEW_VERSION = "admission.k8s.io/v1";
/** The older one has the same fields. */
const API_VERSIONS: ReadonlySet<unknown> = new Set([REVIEW_VERSION, "admission.k8s.io/v1beta1"]);
/** The server's names are shorter; whoever sends longer ones is not the server. */
const NAME_MAX = 512;

/**
 * Reads a review.
 *
 * @param bytes Their number is bounded by the caller.
 * @throws {AppError} `document-invalid`, with the review's uid as its subject where that can be told, so that it can be refused.
 */
export function readAdmissionReview(bytes: Buffer): ReviewRequest {
  const text = bytes.toString("utf8");
  const value = parsed(text);
  const request = isPlain(value) ? value["request"] : null;
  if (!isPlain(value) || value["kind"] !== "AdmissionReview" || !isPlain(request))
    throw invalid("it is no AdmissionReview with a request", null);
  const uid = request["uid"];
  if (typeof uid !== "string" || uid === "" || uid.length > NAME_MAX)
    throw invalid("its request has no uid", null);
  const apiVersion = value["apiVersion"];
  if (!API_VERSIONS.has(apiVersion)) throw invalid(`it is not of version ${REVIEW_VERSION}`, uid);
  // Other readers keep the first of two; what is examined must be what is stored.
  if (repeatedJsonKey(text, value) !== null)
    throw invalid("a key stands twice in one of its objects", uid);
  return requestOf(request, { uid, apiVersion: String(apiVersion) });
}

type Members = Readonly<Record<string, unknown>>;

function requestOf(
  request: Members,
  head: Pick<ReviewRequest, "uid" | "apiVersion">,
): ReviewRequest {
  const kind = request["kind"];
  const user = request["userInfo"];
  const namespace = name(request["namespace"]);
  return {
    kind: isPlain(kind) ? name(kind["kind"]) : "",
    namespace: namespace === "" ? null : namespace,
    name: name(request["name"]),
    operation: name(request["operation"]),
    subResource: name(request["subResource"]),
    dryRun: request["dryRun"] === true,
    user: isPlain(user) ? name(user["username"]) : "",
    object: request["object"] ?? null,
    oldObject: request["oldObject"] ?? null,
    ...head,
  };
}

function name(value: unknown): string {
  return typeof value === "string" ? value.slice(0, NAME_MAX) : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("it is not JSON", uidIn(text));
  }
}

/** The server writes it near the beginning. */
const UID = /"uid"\s*:\s*"([0-9A-Za-z-]{1,64})"/;
const UID_WITHIN = 1000;

/**
 * The uid of a review of which not all is there.
 *
 * @returns null when its beginning does not tell.
 */
export function uidIn(beginning: string): string | null {
  return UID.exec(beginning.slice(0, UID_WITHIN))?.[1] ?? null;
}

function invalid(state: string, uid: string | null): AppError {
  const message = `cannot read an AdmissionReview: ${state}`;
  return new AppError("document-invalid", message, uid === null ? {} : { subject: uid });
}

/** What longer ones are cut to by the server itself. */
const WARNING_MAX = 250;
const WARNINGS_MAX = 12;
const MESSAGE_MAX = 3000;
const ANNOTATION_MAX = 1000;

/** The answer in the form in which the server wants it. */
export function admissionReview(response: ReviewResponse): object {
  const { apiVersion, uid, allowed, code, message, warnings, auditAnnotations, patch } = response;
  const annotations = Object.entries(auditAnnotations);
  return {
    apiVersion,
    kind: "AdmissionReview",
    response: {
      uid,
      allowed,
      ...(allowed ? {} : { status: refusal(code, message ?? "denied") }),
      ...(warnings.length === 0
        ? {}
        : {
            warnings: warnings.slice(0, WARNINGS_MAX).map((text) => printable(text, WARNING_MAX)),
          }),
      ...(annotations.length === 0
        ? {}
        : {
            auditAnnotations: Object.fromEntries(
              annotations.map(([key, text]) => [key, printable(text, ANNOTATION_MAX)]),
            ),
          }),
      ...(patch === null || patch.length === 0
        ? {}
        : {
            patchType: "JSONPatch",
            patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
          }),
    },
  };
}

const REASONS: Readonly<Record<number, string>> = {
  400: "BadRequest",
  403: "Forbidden",
  413: "RequestEntityTooLarge",
  503: "ServiceUnavailable",
};

function refusal(code: number, message: string): object {
  const reason = REASONS[code];
  const status = { status: "Failure", message: printable(message, MESSAGE_MAX), code };
  return reason === undefined ? status : { ...status, reason };
}
