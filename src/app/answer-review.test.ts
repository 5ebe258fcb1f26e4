import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ReviewResponse } from "../model/admission-review.ts";
import { type Admission, openAdmission } from "./admission.ts";
import { type AdmissionMode, type AnsweredReview, answerReview } from "./answer-review.ts";

const around = {
  env: {},
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};
const nobody = { files: [], keys: [] };
const plain = { trust: null, exceptions: null, overrides: nobody, offline: true, platform: null };
const admission = await openAdmission({ ...plain, policy: "pss-baseline" }, around);

const GOOD = { containers: [{ name: "app", image: "registry.example/app:1" }] };
const BAD = { ...GOOD, hostNetwork: true };
const template = (spec: object): object => ({ spec: { template: { spec } } });
const pod = (spec: object): object => ({ apiVersion: "v1", kind: "Pod", spec });

async function answered(
  request: object,
  mode: AdmissionMode = "enforce",
  by: Admission = admission,
): Promise<AnsweredReview> {
  const whole = { uid: "u-1", operation: "CREATE", namespace: "shop", name: "web", ...request };
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: whole };
  const settings = { mode, excluded: new Set(["kube-system"]) };
  return answerReview(Buffer.from(JSON.stringify(review)), { admission: by, settings });
}

async function said(request: object, mode?: AdmissionMode, by?: Admission): Promise<string> {
  const { outcome, response } = await answered(request, mode, by);
  return `${outcome}${response.allowed ? "" : `, ${response.code}`}`;
}

const asked = (kind: string, body: object): object => ({
  kind: { kind },
  object: { apiVersion: "x/v1", kind, ...body },
});

test.each([
  ...["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController"].map(
    (kind) => [kind, template] as const,
  ),
  ["Pod", (spec: object) => ({ spec })] as const,
  ["CronJob", (spec: object) => ({ spec: { jobTemplate: template(spec) } })] as const,
  ["Rollout", template] as const,
])("%s is asked about its pod", async (kind, wrapped) => {
  expect([await said(asked(kind, wrapped(GOOD))), await said(asked(kind, wrapped(BAD)))]).toEqual([
    "allow",
    "deny, 403",
  ]);
});

test.each(["initContainers", "ephemeralContainers"])("%s count", async (name) => {
  const one = { name: "x", image: "a", securityContext: { privileged: true } };
  expect(await said(asked("Pod", { spec: { ...GOOD, [name]: [one] } }))).toBe("deny, 403");
});

const bad = asked("Pod", { spec: BAD });
test.each([
  ["what is deleted", { ...bad, operation: "DELETE", object: null, oldObject: pod(BAD) }, "passed"],
  ["who connects", { ...bad, operation: "CONNECT", subResource: "exec", object: {} }, "passed"],
  ["a status", { ...bad, operation: "UPDATE", subResource: "status" }, "passed"],
  [
    "an ephemeral container",
    { ...bad, operation: "UPDATE", subResource: "ephemeralcontainers" },
    "deny, 403",
  ],
  ["an excluded namespace", { ...bad, namespace: "kube-system" }, "passed"],
  ["another kind", asked("ConfigMap", { data: { spec: "x" } }), "passed"],
  ["a kind that must have a pod", { kind: { kind: "Pod" }, object: null }, "refused, 400"],
  [
    "one kind that is another",
    { kind: { kind: "Pod" }, object: { apiVersion: "v1", kind: "Secret" } },
    "refused, 400",
  ],
  ["another kind with a pod", { ...bad, kind: { kind: "Deployment" } }, "refused, 400"],
  ["a pod without a spec", asked("Pod", {}), "undecided, 403"],
  ["a label on what runs", { ...bad, operation: "UPDATE", oldObject: pod(BAD) }, "passed"],
  ["a change of what runs", { ...bad, operation: "UPDATE", oldObject: pod(GOOD) }, "deny, 403"],
  ["a change without what was before", { ...bad, operation: "UPDATE" }, "deny, 403"],
])("%s", async (_, request, wanted) => {
  expect(await said(request)).toBe(wanted);
});

test("an object cannot say that it is in another namespace", async () => {
  const object = { ...pod(BAD), metadata: { namespace: "kube-system" } };
  expect(await said({ kind: { kind: "Pod" }, object })).toBe("deny, 403");
});

const MESSAGE = "no-host-namespaces: Pod web: shares the host's network (remove hostNetwork";
const AUDIT = {
  verdict: "deny",
  policy: "pss-baseline",
  reasons: "1 finding against no-host-namespaces",
};
test.each([
  ["audit", { allowed: true, message: null, warnings: [] }],
  [
    "warn",
    {
      allowed: true,
      message: null,
      warnings: [expect.stringContaining(`would be denied by pss-baseline: ${MESSAGE}`)],
    },
  ],
  [
    "enforce",
    {
      allowed: false,
      code: 403,
      message: expect.stringContaining(`policy pss-baseline denies Pod shop/web: ${MESSAGE}`),
      warnings: [],
    },
  ],
] as const)("in mode %s", async (mode, wanted: Partial<ReviewResponse>) => {
  const { response, outcome } = await answered(bad, mode);
  expect([outcome, response]).toEqual([
    "deny",
    expect.objectContaining({ uid: "u-1", ...wanted, auditAnnotations: AUDIT }),
  ]);
});

test.each([
  ["audit", true],
  ["warn", true],
  ["enforce", false],
] as const)("what cannot be read, in mode %s", async (mode, allowed) => {
  const { response } = await answered({ kind: { kind: "Pod" }, object: null }, mode);
  expect([response.allowed, response.warnings.length]).toEqual([allowed, mode === "warn" ? 1 : 0]);
});

const CONTROLLER = "system:serviceaccount:kube-system:daemon-set-controller";

test.each([
  ["its controller", CONTROLLER, "DaemonSet", "allow"],
  ["somebody who says so", "ann", "DaemonSet", "deny, 403"],
  ["the controller, for another one", CONTROLLER, "StatefulSet", "deny, 403"],
])(
  "an exception for what made a pod counts when it is made by %s",
  async (_, username, kind, wanted) => {
    const home = mkdtempSync(join(tmpdir(), "bulwark-owner-"));
    try {
      const exceptions = join(home, "exceptions.yaml");
      const scope = "scope: { resource: DaemonSet/agent }";
      const one = `{ rule: no-host-namespaces, ${scope}, reason: it watches, owner: team, until: 2099-01-01 }`;
      writeFileSync(exceptions, `exceptions: [${one}]\n`);
      const excepting = await openAdmission(
        { ...plain, policy: "pss-baseline", exceptions },
        around,
      );
      const metadata = { ownerReferences: [{ kind, name: "agent", controller: true }] };
      const request = { ...asked("Pod", { metadata, spec: BAD }), userInfo: { username } };
      expect(await said(request, "enforce", excepting)).toBe(wanted);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  },
);
