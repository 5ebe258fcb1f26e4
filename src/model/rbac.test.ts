import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import type { ClusterObject, Rule } from "./cluster-object.ts";
import { type Identity, identityKey, identityOf, Rbac } from "./rbac.ts";
import { type AccessRequest, ruleAllows } from "./rbac-rule.ts";

type Members = Readonly<Record<string, unknown>>;

const API = "rbac.authorization.k8s.io/v1";

function objects(...items: readonly Members[]): ClusterObject[] {
  const all = items.map((item) => ({ apiVersion: API, ...item }));
  return readClusterObjects({ apiVersion: "v1", kind: "List", items: all });
}

const rule = (verbs: string, groups: string, resources: string, names: string[] = []): Members => ({
  verbs: verbs.split(" "),
  apiGroups: groups.split(" ").map((group) => (group === "core" ? "" : group)),
  resources: resources.split(" "),
  ...(names.length === 0 ? {} : { resourceNames: names }),
});
const clusterRole = (name: string, rules: Members[], more: Members = {}): Members => {
  const { labels = {}, ...rest } = more;
  return { kind: "ClusterRole", metadata: { name, labels }, rules, ...rest };
};
const role = (name: string, namespace: string, rules: Members[]): Members => {
  return { kind: "Role", metadata: { name, namespace }, rules };
};
const clusterBinding = (to: string, ...subjects: Members[]): Members => {
  const roleRef = { kind: "ClusterRole", name: to };
  return { kind: "ClusterRoleBinding", metadata: { name: `all-${to}` }, roleRef, subjects };
};
const binding = (namespace: string, roleRef: Members, ...subjects: Members[]): Members => {
  return { kind: "RoleBinding", metadata: { name: "b", namespace }, roleRef, subjects };
};
const user = (name: string): Members => ({ kind: "User", name });
const group = (name: string): Members => ({ kind: "Group", name });
const account = (namespace: string, name: string): Members => ({
  kind: "ServiceAccount",
  namespace,
  name,
});

const ask = (verb: string, what: string, more: Partial<AccessRequest> = {}): AccessRequest => {
  const [group = "", resource = ""] = what.includes(":") ? what.split(":") : ["", what];
  return {
    kind: "resource",
    verb,
    group,
    resource,
    name: null,
    namespace: "shop",
    ...more,
  } as AccessRequest;
};
const get = (url: string): AccessRequest => ({ kind: "url", verb: "get", url });
const ANN = identityOf("User", "ann", null);
const BOT = identityOf("ServiceAccount", "bot", "shop");

describe("a rule", () => {
  const cases: [string, Members, AccessRequest, boolean][] = [
    ["names a verb", rule("get", "core", "pods"), ask("get", "pods"), true],
    ["names another verb", rule("list", "core", "pods"), ask("get", "pods"), false],
    ["names every verb", rule("*", "core", "pods"), ask("frobnicate", "pods"), true],
    ["is of another group", rule("get", "apps", "pods"), ask("get", "pods"), false],
    ["is of every group", rule("get", "*", "jobs"), ask("get", "batch:jobs"), true],
    ["has no groups", { verbs: ["get"], resources: ["pods"] }, ask("get", "pods"), false],
    [
      "does not include subresources",
      rule("create", "core", "pods"),
      ask("create", "pods/exec"),
      false,
    ],
    [
      "of a subresource does not include the resource",
      rule("get", "core", "pods/log"),
      ask("get", "pods"),
      false,
    ],
    ["has a star for subresources, too", rule("get", "core", "*"), ask("get", "pods/log"), true],
    [
      "has one subresource of everything",
      rule("update", "*", "*/scale"),
      ask("update", "apps:deployments/scale"),
      true,
    ],
    [
      "has not another subresource of everything",
      rule("update", "*", "*/scale"),
      ask("update", "apps:deployments"),
      false,
    ],
    [
      "knows no star for subresources of one",
      rule("get", "core", "pods/*"),
      ask("get", "pods/log"),
      false,
    ],
    [
      "names an object",
      rule("get", "core", "secrets", ["a", "b"]),
      ask("get", "secrets", { name: "b" }),
      true,
    ],
    [
      "names other objects",
      rule("get", "core", "secrets", ["a"]),
      ask("get", "secrets", { name: "b" }),
      false,
    ],
    [
      "names objects where none is named",
      rule("list create", "core", "secrets", ["a"]),
      ask("list", "secrets"),
      false,
    ],
    [
      "names objects, of which one is listed",
      rule("list", "core", "secrets", ["a"]),
      ask("list", "secrets", { name: "a" }),
      true,
    ],
    [
      "names objects by a star, which is none",
      rule("get", "core", "secrets", ["*"]),
      ask("get", "secrets", { name: "a" }),
      false,
    ],
    ["is of a path", { verbs: ["get"], nonResourceURLs: ["/metrics"] }, get("/metrics"), true],
    [
      "is of another path",
      { verbs: ["get"], nonResourceURLs: ["/metrics"] },
      get("/metrics/slis"),
      false,
    ],
    [
      "is of paths",
      { verbs: ["get"], nonResourceURLs: ["/metrics/*"] },
      get("/metrics/slis"),
      true,
    ],
    [
      "is of paths, not of their folder",
      { verbs: ["get"], nonResourceURLs: ["/metrics/*"] },
      get("/metrics"),
      false,
    ],
    ["is of every path", { verbs: ["*"], nonResourceURLs: ["*"] }, get("/anything"), true],
    ["of every resource is of no path", rule("*", "*", "*"), get("/metrics"), false],
    [
      "of every path is of no resource",
      { verbs: ["*"], nonResourceURLs: ["*"] },
      ask("get", "pods"),
      false,
    ],
  ];
  test.each(cases)("%s", (_, written, request, isAllowed) => {
    const [object] = objects(clusterRole("r", [written]));
    const read = object?.role?.rules[0];
    expect(read !== undefined && ruleAllows(read, request)).toBe(isAllowed);
  });
});

describe("a binding", () => {
  const reader = clusterRole("reader", [
    rule("get", "core", "pods"),
    { verbs: ["get"], nonResourceURLs: ["/metrics"] },
  ]);
  const own = role("own", "shop", [rule("get", "core", "pods")]);
  const CLUSTER = { kind: "ClusterRole", name: "reader" };
  const OWN = { kind: "Role", name: "own" };
  const cases: [string, Members[], Identity, AccessRequest, boolean][] = [
    [
      "of everything is for every namespace",
      [reader, clusterBinding("reader", user("ann"))],
      ANN,
      ask("get", "pods"),
      true,
    ],
    [
      "of everything is for what is in none",
      [reader, clusterBinding("reader", user("ann"))],
      ANN,
      ask("get", "pods", { namespace: null }),
      true,
    ],
    [
      "in a namespace is for that one",
      [reader, binding("shop", CLUSTER, user("ann"))],
      ANN,
      ask("get", "pods"),
      true,
    ],
    [
      "in a namespace is not for another",
      [reader, binding("bank", CLUSTER, user("ann"))],
      ANN,
      ask("get", "pods"),
      false,
    ],
    [
      "in a namespace is not for all at once",
      [reader, binding("shop", CLUSTER, user("ann"))],
      ANN,
      ask("get", "pods", { namespace: null }),
      false,
    ],
    [
      "in a namespace is for no path",
      [reader, binding("shop", CLUSTER, user("ann"))],
      ANN,
      get("/metrics"),
      false,
    ],
    [
      "of everything is for paths",
      [reader, clusterBinding("reader", user("ann"))],
      ANN,
      get("/metrics"),
      true,
    ],
    [
      "leads to a role beside it",
      [own, binding("shop", OWN, user("ann"))],
      ANN,
      ask("get", "pods"),
      true,
    ],
    [
      "leads to no role elsewhere",
      [own, binding("bank", OWN, user("ann"))],
      ANN,
      ask("get", "pods", { namespace: "bank" }),
      false,
    ],
    [
      "is for nobody else",
      [reader, clusterBinding("reader", user("bob"))],
      ANN,
      ask("get", "pods"),
      false,
    ],
    [
      "for a group is not for a user of its name",
      [reader, clusterBinding("reader", group("ann"))],
      ANN,
      ask("get", "pods"),
      false,
    ],
    [
      "for a service account",
      [reader, clusterBinding("reader", account("shop", "bot"))],
      BOT,
      ask("get", "pods"),
      true,
    ],
    [
      "for one of another namespace",
      [reader, clusterBinding("reader", account("bank", "bot"))],
      BOT,
      ask("get", "pods"),
      false,
    ],
    [
      "for a service account by its other name",
      [reader, clusterBinding("reader", user("system:serviceaccount:shop:bot"))],
      BOT,
      ask("get", "pods"),
      true,
    ],
    [
      "for a service account of the binding's own namespace",
      [own, binding("shop", OWN, { kind: "ServiceAccount", name: "bot" })],
      BOT,
      ask("get", "pods"),
      true,
    ],
    [
      "of everything for a service account of no namespace",
      [reader, clusterBinding("reader", { kind: "ServiceAccount", name: "bot" })],
      BOT,
      ask("get", "pods"),
      false,
    ],
    [
      "for all service accounts",
      [reader, clusterBinding("reader", group("system:serviceaccounts"))],
      BOT,
      ask("get", "pods"),
      true,
    ],
    [
      "for those of a namespace",
      [reader, clusterBinding("reader", group("system:serviceaccounts:shop"))],
      BOT,
      ask("get", "pods"),
      true,
    ],
    [
      "for those of another namespace",
      [reader, clusterBinding("reader", group("system:serviceaccounts:bank"))],
      BOT,
      ask("get", "pods"),
      false,
    ],
    [
      "for everybody who was told apart",
      [reader, clusterBinding("reader", group("system:authenticated"))],
      ANN,
      ask("get", "pods"),
      true,
    ],
    [
      "for nobody who was told apart",
      [reader, clusterBinding("reader", group("system:unauthenticated"))],
      ANN,
      ask("get", "pods"),
      false,
    ],
    [
      "for strangers",
      [reader, clusterBinding("reader", group("system:unauthenticated"))],
      identityOf("User", "system:anonymous", null),
      ask("get", "pods"),
      true,
    ],
    [
      "to a role of Kubernetes' own",
      [clusterBinding("edit", user("ann"))],
      ANN,
      ask("create", "pods/exec"),
      true,
    ],
    [
      "to one of Kubernetes' own that has not that",
      [clusterBinding("view", user("ann"))],
      ANN,
      ask("get", "secrets"),
      false,
    ],
    ["to everything", [clusterBinding("cluster-admin", user("ann"))], ANN, get("/whatever"), true],
  ];
  test.each(cases)("%s", (_, items, identity, request, isAllowed) => {
    const rbac = new Rbac(objects(...items));
    expect(rbac.allows(identity, request) !== null).toBe(isAllowed);
    const named = rbac.whoCan(request).map(({ grant }) => grant);
    expect(rbac.grantsOf(identity).some((grant) => named.includes(grant))).toBe(isAllowed);
  });

  test("to a role that is not there is told", () => {
    const rbac = new Rbac(
      objects(own, clusterBinding("gone", user("ann")), binding("bank", OWN, user("ann"))),
    );
    expect(rbac.missing.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      "ClusterRole gone",
      "Role own",
    ]);
    expect(rbac.allows(ANN, ask("get", "pods"))).toBeNull();
  });

  test("counts for whoever is said to be in a group", () => {
    const rbac = new Rbac(objects(reader, clusterBinding("reader", group("ops"))));
    expect([
      rbac.allows(ANN, ask("get", "pods")),
      rbac.allows(ANN, ask("get", "pods"), ["ops"])?.grant.identity.name,
    ]).toEqual([null, "ops"]);
  });
});

describe("a role that gathers others", () => {
  const selector = {
    clusterRoleSelectors: [
      { matchLabels: { part: "a" } },
      { matchExpressions: [{ key: "part", operator: "In", values: ["b"] }] },
    ],
  };
  const all = clusterRole("all", [], { aggregationRule: selector, labels: { part: "b" } });

  test("has what they have, and they what they gather", () => {
    const inner = { clusterRoleSelectors: [{ matchLabels: { part: "inner" } }] };
    const items = [
      all,
      clusterRole("a", [], { aggregationRule: inner, labels: { part: "a" } }),
      clusterRole("inner", [rule("get", "core", "pods")], { labels: { part: "inner" } }),
      clusterRole("other", [rule("get", "core", "secrets")], { labels: { part: "c" } }),
      clusterBinding("all", user("ann")),
    ];
    const rbac = new Rbac(objects(...items));
    expect(rbac.allows(ANN, ask("get", "pods"))?.rule.from?.name).toBe("inner");
    expect(rbac.allows(ANN, ask("get", "secrets"))).toBeNull();
  });

  test("may gather in a circle, and itself", () => {
    const back = { clusterRoleSelectors: [{ matchLabels: { part: "b" } }] };
    const a = clusterRole("a", [rule("get", "core", "pods")], {
      aggregationRule: back,
      labels: { part: "a" },
    });
    const rbac = new Rbac(objects(all, a, clusterBinding("all", user("ann"))));
    expect(rbac.grants[0]?.role.rules).toHaveLength(1);
  });

  test("may gather in a chain of thousands", () => {
    const part = (i: number): Members => ({ labels: { part: `p${i}` } });
    const chain = Array.from({ length: 3000 }, (_, i) => {
      const next = { clusterRoleSelectors: [{ matchLabels: { part: `p${i + 1}` } }] };
      return clusterRole(`r${i}`, [], { aggregationRule: next, ...part(i) });
    });
    const last = clusterRole("last", [rule("get", "core", "pods")], part(3000));
    const rbac = new Rbac(objects(...chain, last, clusterBinding("r0", user("ann"))));
    expect(rbac.allows(ANN, ask("get", "pods"))?.rule.from?.name).toBe("last");
  });

  test("without any selector gathers nothing, and one of Kubernetes' own has what is added to it", () => {
    const none = clusterRole("none", [], { aggregationRule: {} });
    const labels = { "rbac.authorization.k8s.io/aggregate-to-view": "true" };
    const more = clusterRole("more", [rule("get", "example.org", "widgets")], { labels });
    const rbac = new Rbac(
      objects(none, more, clusterBinding("none", user("bob")), clusterBinding("view", user("ann"))),
    );
    const widgets = ask("get", "example.org:widgets");
    expect(rbac.whoCan(widgets).map(({ grant }) => grant.identity.name)).toEqual(["ann"]);
  });
});

test("asking who can, and asking everybody, come to the same", () => {
  const word = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
  const list = (...words: string[]): fc.Arbitrary<string[]> =>
    fc.uniqueArray(word(...words), { minLength: 1, maxLength: 2 });
  const rules = fc.array(
    fc.record({
      verbs: list("get", "create", "*"),
      apiGroups: list("", "apps", "*"),
      resources: list("pods", "pods/exec", "*/exec", "*"),
      resourceNames: fc.oneof(fc.constant([]), list("a", "b")),
    }),
    { maxLength: 3 },
  );
  const name = word("x", "y");
  const space = word("shop", "bank");
  const subject = fc.oneof(
    fc.record({ kind: fc.constant("User"), name: word("ann", "system:serviceaccount:shop:bot") }),
    fc.record({
      kind: fc.constant("Group"),
      name: word("system:authenticated", "system:serviceaccounts:shop"),
    }),
    fc.record({ kind: fc.constant("ServiceAccount"), name: word("bot"), namespace: space }),
  );
  const anything = fc.oneof(
    fc.record({ name, rules }).map((one) => clusterRole(one.name, one.rules)),
    fc.record({ name, space, rules }).map((one) => role(one.name, one.space, one.rules)),
    fc.record({ name, subject }).map((one) => clusterBinding(one.name, one.subject)),
    fc
      .record({ name, space, subject, kind: word("Role", "ClusterRole") })
      .map((one) => binding(one.space, { kind: one.kind, name: one.name }, one.subject)),
  );
  const request = fc.record({
    kind: fc.constant("resource" as const),
    verb: word("get", "create", "delete"),
    group: word("", "apps"),
    resource: word("pods", "pods/exec", "nodes"),
    name: fc.constantFrom(null, "a", "c"),
    namespace: fc.constantFrom(null, "shop", "bank"),
  });
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 12 }), request, (items, asked) => {
      const rbac = new Rbac(objects(...items));
      const told = new Set(rbac.whoCan(asked).map(({ grant }) => identityKey(grant.identity)));
      const found = rbac.identities().filter((one) => {
        const grants = rbac
          .grantsTo(one)
          .filter((grant) => grant.namespace === null || grant.namespace === asked.namespace);
        return grants.some(({ role: { rules: all } }) =>
          all.some((each) => ruleAllows(each.rule as Rule, asked)),
        );
      });
      expect(told).toEqual(new Set(found.map(identityKey)));
    }),
  );
});
