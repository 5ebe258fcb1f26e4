// `bulwark admit review`: what the webhook would answer, without a cluster.
import { admissionReview } from "../formats/admission-review.ts";
import { readObjectFile } from "../formats/object-file.ts";
import { isPlain } from "../formats/workload/facts.ts";
import { isKubernetesObject } from "../formats/workload/kubernetes.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { type AdmissionRequest, openAdmission } from "./admission.ts";
import { type AdmissionMode, type AnsweredReview, answerReview } from "./answer-review.ts";
import type { Surroundings } from "./surroundings.ts";

export interface AdmitReviewRequest extends AdmissionRequest {
  /** A file with an AdmissionReview, or with an object, as though somebody were to create it. */
  readonly file: string;
  readonly mode: AdmissionMode;
}

/** An answer, also in the form in which the API server gets it. */
export interface ReviewedFile extends AnsweredReview {
  readonly policy: string;
  /** An AdmissionReview. */
  readonly answer: object;
  readonly exitCode: 0 | 3 | 4;
}

/**
 * Answers what a file asks.
 *
 * @throws {AppError} `document-invalid` for a file that asks nothing, `config-invalid`, `not-found`, `unreadable`; as
 *   `openAdmission` does.
 */
export async function reviewFile(
  { file, mode, ...request }: AdmitReviewRequest,
  surroundings: Surroundings,
): Promise<ReviewedFile> {
  const { bytes } = await readNamed("review", file);
  const asking = askingOf(bytes, file);
  const admission = await openAdmission(request, surroundings);
  const settings = { mode, excluded: new Set<string>() };
  const answered = await answerReview(asking, { admission, settings });
  return {
    ...answered,
    policy: admission.policy.name,
    answer: admissionReview(answered.response),
    exitCode: EXIT_CODES[answered.outcome],
  };
}

/** What cannot be read is never a pass. */
const EXIT_CODES = { allow: 0, passed: 0, deny: 3, undecided: 4, refused: 4 } as const;

/** The bytes of a review: those of the file, or of one that is made around an object. */
function askingOf(bytes: Buffer, file: string): Buffer {
  // As it would come from the server, so that what is wrong with it is answered rather than said.
  if (isJsonReview(bytes)) return bytes;
  const { documents } = readObjectFile(bytes, file);
  const [document] = documents;
  if (documents.length === 1 && isKubernetesObject(document) && isPlain(document)) {
    const review = document["kind"] === "AdmissionReview" ? document : created(document);
    return Buffer.from(JSON.stringify(review));
  }
  const state = documents.length > 1 ? "it holds several objects" : "it holds no Kubernetes object";
  throw new AppError("document-invalid", `cannot review ${JSON.stringify(file)}: ${state}`, {
    subject: file,
    hint: "name a file with one AdmissionReview or one object; bulwark check takes folders of them",
  });
}

function isJsonReview(bytes: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return isPlain(value) && value["kind"] === "AdmissionReview";
  } catch {
    return false;
  }
}

function created(object: Readonly<Record<string, unknown>>): object {
  const metadata = isPlain(object["metadata"]) ? object["metadata"] : {};
  const [version = "", group = ""] = String(object["apiVersion"]).split("/").reverse();
  const kind = { group, version, kind: object["kind"] };
  const { namespace, name } = metadata;
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "00000000-0000-0000-0000-000000000000",
      kind,
      operation: "CREATE",
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      object,
    },
  };
}
