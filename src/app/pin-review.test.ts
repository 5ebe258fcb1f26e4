import { expect, test } from "vitest";
import type { ImageAnswer, WorkloadDecision } from "../model/admission.ts";
import { type Digest, parseDigest } from "../model/digest.ts";
import { pinnedReview } from "./pin-review.ts";

const DIGEST = parseDigest(`sha256:${"a".repeat(64)}`);

/** An admission that knows what these references mean, and denies all of them. */
function admissionOf(
  known: Readonly<Record<string, Digest | null>>,
): Parameters<typeof pinnedReview>[1] {
  const verdict = { outcome: "deny", reasons: ["unsigned"] } as const;
  const about = {
    name: "r.example/a",
    verdict,
    answers: [],
    decidedAt: "",
    isLastKnownGood: false,
  };
  const images = Object.entries(known).map(
    ([reference, digest]): ImageAnswer => ({ ...about, reference, digest }),
  );
  const decision: WorkloadDecision = { verdict, answers: [], images, findings: [], override: null };
  const policy = { name: "p", digest: DIGEST, path: null, rules: 1, ask: null };
  return {
    admission: { policy, decide: () => decision },
    settings: { mode: "enforce", excluded: new Set(["kube-system"]) },
  };
}

async function patchOf(more: object, kind = "Pod"): Promise<unknown> {
  const spec = {
    initContainers: [{ name: "i", image: "r.example/a:2" }],
    containers: [
      { name: "a", image: "r.example/a:1" },
      { name: "b", image: `r.example/a:1@${DIGEST}` },
      { name: "c", image: "r.example/gone:1" },
    ],
  };
  const body = kind === "Pod" ? { spec } : { spec: { template: { spec } } };
  const object = { apiVersion: "v1", kind, metadata: { name: "web" }, ...body };
  const request = {
    uid: "u",
    kind: { kind },
    operation: "CREATE",
    namespace: "shop",
    object,
    ...more,
  };
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
  const known = { "r.example/a:1": DIGEST, "r.example/a:2": DIGEST, "r.example/gone:1": null };
  const { response } = await pinnedReview(Buffer.from(JSON.stringify(review)), admissionOf(known));
  return [response.allowed, response.warnings, response.patch];
}

test("tags of a new pod become the digests that were asked about, and it is never denied here", async () => {
  expect(await patchOf({})).toEqual([
    true,
    [],
    [
      { op: "replace", path: "/spec/initContainers/0/image", value: `r.example/a:2@${DIGEST}` },
      { op: "replace", path: "/spec/containers/0/image", value: `r.example/a:1@${DIGEST}` },
    ],
  ]);
});

test.each([
  ["a change", { operation: "UPDATE" }, "Pod"],
  ["a subresource", { subResource: "ephemeralcontainers" }, "Pod"],
  ["an excluded namespace", { namespace: "kube-system" }, "Pod"],
  ["a Deployment", {}, "Deployment"],
])("%s is left as it is", async (_, more, kind) => {
  expect(await patchOf(more, kind)).toEqual([true, [], null]);
});
