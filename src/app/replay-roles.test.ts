import fc from "fast-check";
import { expect, test } from "vitest";
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import type { ApiRequest } from "../model/audit-event.ts";
import { Rbac } from "../model/rbac.ts";
import type { ApiSubject } from "../stages/grant/api-uses.ts";
import { GENERALIZATIONS } from "../stages/grant/generalize.ts";
import { leastRoles } from "../stages/grant/least-roles.ts";
import { isInexpressible } from "../stages/grant/least-rules.ts";
import { neededRequests, proofOf, seenGrants } from "./replay-roles.ts";

const NOTHING = {
  verb: "get",
  group: "",
  resource: "",
  subresource: "",
  namespace: "",
  name: "",
  path: "",
};

function subjectOf(name: string, requests: readonly ApiRequest[]): ApiSubject {
  return {
    name,
    groups: [],
    uses: requests.map((request) => ({ request, first: 0, last: 0 })),
    wanted: [],
    moreWanted: 0,
    bypasses: false,
    hasOtherAuthorizer: false,
    isConstrained: false,
  };
}

const words = (...all: string[]): fc.Arbitrary<string> => fc.constantFrom(...all);
const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  fc.record({
    verb: words("get", "list", "create", "update", "impersonate", "*"),
    group: words("", "apps", "*"),
    resource: words("pods", "deployments", "yes", "*"),
    subresource: words("", "", "status", "exec"),
    namespace: words("", "shop", "null", "1"),
    name: words("", "web", "- x: &a", "1e3", "\u001b[31m", "*"),
    path: fc.constant(""),
  }),
  fc.record({ path: words("/metrics", "/a/b", "/*") }).map(({ path }) => ({ ...NOTHING, path })),
);
const anyName = words("alice", "system:serviceaccount:shop:web", "o'neil: #1", "system:node:a");

test("everything that a proposal can say is allowed by it, and what it cannot say is told", () => {
  const by = fc.subarray([...GENERALIZATIONS]);
  fc.assert(
    fc.property(anyName, fc.array(anyRequest, { maxLength: 40 }), by, (name, requests, wider) => {
      const subject = subjectOf(name, requests);
      const { documents, inexpressible } = leastRoles(subject, "least", requests, new Set(wider));
      const { lost } = proofOf(subject, documents);
      expect(lost.filter((one) => !isInexpressible(one))).toEqual([]);
      for (const one of lost) expect(inexpressible).toContain(one);
    }),
  );
});

test("discovery is everybody's, and needs no role", () => {
  const [own, discovery] = ["/metrics", "/apis/apps/v1"].map((path) => ({ ...NOTHING, path }));
  const subject = subjectOf(
    "alice",
    [own, discovery].filter((one) => one !== undefined),
  );
  expect(neededRequests(subject)).toEqual([own]);
});

test("a proof can fail", () => {
  const request = { ...NOTHING, resource: "pods", namespace: "shop" };
  const subject = subjectOf("alice", [request]);
  const { documents } = leastRoles(
    subject,
    "least",
    [{ ...request, namespace: "other" }],
    new Set(),
  );
  expect(proofOf(subject, documents)).toEqual({ requests: 1, allowed: 0, lost: [request] });
});

test("what is granted is told with what of it was seen", () => {
  const rules = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "all" };
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const objects = [
    { apiVersion, kind: "ClusterRole", metadata: { name: "all" }, rules },
    {
      apiVersion,
      kind: "ClusterRoleBinding",
      metadata: { name: "b" },
      roleRef,
      subjects: [{ kind: "User", name: "alice" }],
    },
  ].flatMap((one) => readClusterObjects(one));
  const subject = subjectOf("alice", [{ ...NOTHING, resource: "pods", namespace: "shop" }]);
  const granted = seenGrants(new Rbac(objects), subject).filter(
    ({ role }) => role === "ClusterRole all",
  );
  expect(granted).toMatchObject([
    { binding: "ClusterRoleBinding b", used: 1, isWider: true, unseen: { verbs: [] } },
  ]);
});
