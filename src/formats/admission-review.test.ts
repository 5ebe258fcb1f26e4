import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import type { ReviewResponse } from "../model/admission-review.ts";
import { admissionReview, readAdmissionReview, uidIn } from "./admission-review.ts";

const UID = "705ab4f5-6393-11e8-b7cc-42010a800002";
const OBJECT = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: {} };
const REVIEW = {
  kind: "AdmissionReview",
  apiVersion: "admission.k8s.io/v1",
  request: {
    uid: UID,
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    subResource: "ephemeralcontainers",
    name: "web",
    namespace: "shop",
    operation: "UPDATE",
    userInfo: { username: "anna", groups: ["dev"] },
    object: OBJECT,
    oldObject: null,
    dryRun: true,
  },
};

function said(text: string): unknown {
  try {
    return readAdmissionReview(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [
      error.code,
      error.message.replace("cannot read an AdmissionReview: ", ""),
      error.subject,
    ];
  }
}

test("a review is read", () => {
  expect(said(JSON.stringify(REVIEW))).toEqual({
    apiVersion: "admission.k8s.io/v1",
    uid: UID,
    kind: "Pod",
    namespace: "shop",
    name: "web",
    operation: "UPDATE",
    subResource: "ephemeralcontainers",
    dryRun: true,
    user: "anna",
    object: OBJECT,
    oldObject: null,
  });
});

const text = JSON.stringify(REVIEW);
test.each([
  ["no JSON", "{", "it is not JSON", null],
  ["a review that is cut off", text.slice(0, -30), "it is not JSON", UID],
  ["another object", JSON.stringify(OBJECT), "it is no AdmissionReview with a request", null],
  ["a list", "[]", "it is no AdmissionReview with a request", null],
  ["no request", `{"kind":"AdmissionReview"}`, "it is no AdmissionReview with a request", null],
  ["a version to come", text.replace("k8s.io/v1", "k8s.io/v2"), "not of version", UID],
  ["no uid", text.replace(`"uid":"${UID}",`, ""), "its request has no uid", null],
  ["an endless uid", text.replace(UID, "a".repeat(5000)), "its request has no uid", null],
  [
    "a pod with two specs",
    text.replace(`"spec":{}`, `"spec":{},"spec":{"hostNetwork":true}`),
    "a key stands twice",
    UID,
  ],
  [
    "a pod with two specs, one of them in escapes",
    text.replace(`"spec":{}`, `"spec":{},"\\u0073pec":{"hostNetwork":true}`),
    "a key stands twice",
    UID,
  ],
])("%s is refused", (_, written, state, uid) => {
  expect(said(written)).toEqual(["document-invalid", expect.stringContaining(state), uid]);
});

test("a uid is found in what was not read whole", () => {
  expect([uidIn(text.slice(0, 200)), uidIn(" ".repeat(2000) + text), uidIn("")]).toEqual([
    UID,
    null,
    null,
  ]);
});

const RESPONSE: ReviewResponse = {
  apiVersion: "admission.k8s.io/v1",
  uid: UID,
  allowed: true,
  code: 200,
  message: null,
  warnings: [],
  auditAnnotations: {},
  patch: null,
};
const responseOf = (wanted: Partial<ReviewResponse>): unknown =>
  (admissionReview({ ...RESPONSE, ...wanted }) as { readonly response: unknown }).response;

test("an answer says as little as it can", () => {
  expect(admissionReview(RESPONSE)).toEqual({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    response: { uid: UID, allowed: true },
  });
});

test("an answer is within the bounds of the API server", () => {
  const warnings = Array.from({ length: 50 }, (_, i) => `${i} ${"w".repeat(400)}\n`);
  const long = { allowed: false, code: 403, message: "m".repeat(9000), warnings };
  const answer = responseOf({ ...long, auditAnnotations: { reasons: "r\u0000".repeat(9000) } });
  expect(answer).toMatchObject({
    status: { status: "Failure", reason: "Forbidden", code: 403, message: "m".repeat(3000) },
    warnings: warnings.slice(0, 12).map((text) => text.slice(0, 250)),
    auditAnnotations: { reasons: "r".repeat(500) },
  });
});

test("a patch is base64 of JSON", () => {
  const patch = [{ op: "replace", path: "/spec/containers/0/image", value: "a@sha256:1" }] as const;
  expect(responseOf({ patch })).toEqual({
    uid: UID,
    allowed: true,
    patchType: "JSONPatch",
    patch: Buffer.from(JSON.stringify(patch)).toString("base64"),
  });
});

test("whatever comes is read or refused", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.uint8Array(), (json, at, bytes) => {
      const review = JSON.stringify({ ...REVIEW, request: { ...REVIEW.request, object: json } });
      const cut = review.slice(0, at % review.length);
      for (const one of [json, review, cut, Buffer.from(bytes).toString("latin1")]) said(one);
      return true;
    }),
  );
});
