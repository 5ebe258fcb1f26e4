// Tags to digests, where a pod is about to be made: what was asked about is what runs. It never denies; that is for who validates.

import type { WorkloadDecision } from "../model/admission.ts";
import type { PatchOperation, ReviewRequest } from "../model/admission-review.ts";
import { type AnsweredReview, type Asked, answerReview } from "./answer-review.ts";

/** Answers a review with the patch that pins its images; pods only, so that what lies in a repository stays what is deployed. */
export async function pinnedReview(bytes: Buffer, asked: Asked): Promise<AnsweredReview> {
  const settings = { ...asked.settings, mode: "audit" } as const;
  const answered = await answerReview(bytes, { ...asked, settings });
  const { request, decision, response } = answered;
  const patch =
    request === null || decision === null || !isNewPod(request) ? [] : pins(request, decision);
  const silent = { warnings: [], auditAnnotations: {} };
  return {
    ...answered,
    response: { ...response, ...silent, patch: patch.length === 0 ? null : patch },
  };
}

function isNewPod({ kind, operation, subResource }: ReviewRequest): boolean {
  return kind === "Pod" && operation === "CREATE" && subResource === "";
}

const LISTS = ["initContainers", "containers"] as const;

function pins({ object }: ReviewRequest, { images }: WorkloadDecision): PatchOperation[] {
  const digests = new Map(images.map(({ reference, digest }) => [reference, digest]));
  const spec = membersOf(membersOf(object)["spec"]);
  return LISTS.flatMap((list) => {
    const containers = spec[list];
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((container: unknown, i): PatchOperation[] => {
      const image = membersOf(container)["image"];
      if (typeof image !== "string" || image.includes("@")) return [];
      const digest = digests.get(image) ?? null;
      if (digest === null) return [];
      const path = `/spec/${list}/${i}/image`;
      return [{ op: "replace", path, value: `${image}@${digest}` }];
    });
  });
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
