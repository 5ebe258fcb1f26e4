import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import type { AccessTarget } from "../../model/access-target.ts";
import { type AccessGraph, accessGraph } from "./build.ts";
import { pathsTo } from "./paths.ts";

type Members = Readonly<Record<string, unknown>>;

const RBAC = "rbac.authorization.k8s.io/v1";

function graphOf(...documents: readonly Members[]): AccessGraph {
  return accessGraph({
    objects: documents.flatMap(readClusterObjects),
    workloads: documents.flatMap(readKubernetes),
    // One namespace has a level of Pod Security, and the others have none.
    admitsTakeover: (name) => ({ isAdmitted: name !== "locked", supposed: "", namespace: null }),
  });
}

/** `VERBS RESOURCES[.GROUP] [NAMES]`, lists by commas. */
function rule(text: string): Members {
  const [verbs = "", what = "", names] = text.split(" ");
  const [resources = "", ...group] = what.split(".");
  const resourceNames = names === undefined ? {} : { resourceNames: names.split(",") };
  return {
    verbs: verbs.split(","),
    apiGroups: [group.join(".")],
    resources: resources.split(","),
    ...resourceNames,
  };
}

/** Ann has these rules: everywhere, or in a namespace. */
function ann(namespace: string | null, ...rules: readonly string[]): Members[] {
  const subjects = [{ kind: "User", name: "ann" }];
  const kind = namespace === null ? "ClusterRole" : "Role";
  const metadata = { name: "anns", ...(namespace === null ? {} : { namespace }) };
  return [
    { apiVersion: RBAC, kind, metadata, rules: rules.map(rule) },
    {
      apiVersion: RBAC,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { kind, name: "anns" },
      subjects,
    },
  ];
}

function bound(
  namespace: string | null,
  name: string,
  role: Members,
  ...subjects: readonly Members[]
): Members {
  const kind = namespace === null ? "ClusterRoleBinding" : "RoleBinding";
  const metadata = { name, ...(namespace === null ? {} : { namespace }) };
  return { apiVersion: RBAC, kind, metadata, roleRef: role, subjects };
}

const ADMIN = { kind: "ClusterRole", name: "cluster-admin" };
/** A service account of a namespace that is cluster-admin. */
const boss = (namespace: string): Members =>
  bound(null, "boss", ADMIN, { kind: "ServiceAccount", name: "boss", namespace });

function pod(name: string, namespace: string, spec: Members, container: Members = {}): Members {
  const containers = [{ name: "app", image: "app", ...container }];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: { containers, ...spec },
  };
}

function comes(access: AccessGraph, from: string, to: AccessTarget): boolean {
  const node = access.graph.nodes.find(({ name }) => name === from);
  return node !== undefined && access.graph.waysTo(access.targets[to]).leadsFrom(node.id);
}

const SIGNING = [
  "create certificatesigningrequests.certificates.k8s.io",
  "update certificatesigningrequests/approval,certificatesigningrequests/status.certificates.k8s.io",
];

describe("Ann comes to an end, or does not", () => {
  const cases: [string, Members[], AccessTarget, boolean][] = [
    ["everything", ann(null, "* *.*"), "cluster-admin", true],
    ["everything of one namespace", ann("shop", "* *"), "cluster-admin", false],
    [
      "pods of a namespace with a wide account",
      [...ann("shop", "create pods"), boss("shop")],
      "cluster-admin",
      true,
    ],
    [
      "pods of another namespace",
      [...ann("bank", "create pods"), boss("shop")],
      "cluster-admin",
      false,
    ],
    [
      "a change of one Deployment, which runs as anybody",
      [...ann("shop", "patch deployments.apps web"), boss("shop")],
      "cluster-admin",
      true,
    ],
    [
      "a new template of a replication controller",
      [...ann("shop", "update replicationcontrollers"), boss("shop")],
      "cluster-admin",
      true,
    ],
    ["pods where nothing is enforced", ann("shop", "create pods"), "node-root", true],
    ["pods where a level is enforced", ann("locked", "create pods"), "node-root", false],
    [
      "pods and labels where a level is enforced",
      ann("locked", "create pods", "patch namespaces"),
      "node-root",
      true,
    ],
    [
      "the kubelet of one node",
      [
        ...ann(null, "get nodes/proxy node-1"),
        boss("shop"),
        pod("p", "shop", { serviceAccountName: "boss" }),
      ],
      "cluster-admin",
      true,
    ],
    [
      "a token of one account",
      [...ann("shop", "create serviceaccounts/token boss"), boss("shop")],
      "cluster-admin",
      true,
    ],
    [
      "a token of another account",
      [...ann("shop", "create serviceaccounts/token web"), boss("shop")],
      "cluster-admin",
      false,
    ],
    [
      "commands in one pod",
      [
        ...ann("shop", "create pods/exec p"),
        boss("shop"),
        pod("p", "shop", { serviceAccountName: "boss" }),
      ],
      "cluster-admin",
      true,
    ],
    [
      "commands in another pod",
      [
        ...ann("shop", "create pods/exec q"),
        boss("shop"),
        pod("p", "shop", { serviceAccountName: "boss" }),
      ],
      "cluster-admin",
      false,
    ],
    ["names of users", ann(null, "impersonate users"), "cluster-admin", false],
    [
      "names of users and groups",
      ann(null, "impersonate users", "impersonate groups"),
      "cluster-admin",
      true,
    ],
    [
      "names of accounts and groups",
      ann(null, "impersonate serviceaccounts", "impersonate groups"),
      "cluster-admin",
      true,
    ],
    [
      "the name of one group",
      ann(null, "impersonate users", "impersonate groups dev"),
      "cluster-admin",
      false,
    ],
    [
      "the name of the group for everything",
      ann(null, "impersonate users", "impersonate groups system:masters"),
      "cluster-admin",
      true,
    ],
    [
      "an account by its other name",
      [...ann(null, "impersonate users system:serviceaccount:shop:boss"), boss("shop")],
      "cluster-admin",
      false,
    ],
    [
      "certificates of clients",
      ann(
        null,
        ...SIGNING,
        "approve signers.certificates.k8s.io kubernetes.io/kube-apiserver-client",
      ),
      "cluster-admin",
      true,
    ],
    [
      "certificates of somebody else",
      ann(null, ...SIGNING, "approve signers.certificates.k8s.io example.org/own"),
      "cluster-admin",
      false,
    ],
    [
      "signatures without the cluster's key",
      ann(null, ...SIGNING, "sign signers.certificates.k8s.io"),
      "cluster-admin",
      false,
    ],
    [
      "bindings of one role",
      ann(
        null,
        "create clusterrolebindings.rbac.authorization.k8s.io",
        "bind clusterroles.rbac.authorization.k8s.io view",
      ),
      "cluster-admin",
      false,
    ],
    [
      "bindings of the role for everything",
      ann(
        null,
        "create clusterrolebindings.rbac.authorization.k8s.io",
        "bind clusterroles.rbac.authorization.k8s.io cluster-admin",
      ),
      "cluster-admin",
      true,
    ],
    ["one secret", ann("shop", "get secrets db"), "secrets", true],
    ["settings", ann("shop", "get configmaps"), "secrets", false],
  ];
  test.each(cases)("%s", (_, documents, to, isThere) => {
    expect(comes(graphOf(...documents), "User ann", to)).toBe(isThere);
  });

  test("a rule for everything by name is none for everything", () => {
    const [, binding] = ann(null, "get pods");
    const named = { verbs: ["*"], apiGroups: ["*"], resources: ["*"], resourceNames: ["x"] };
    const role = {
      apiVersion: RBAC,
      kind: "ClusterRole",
      metadata: { name: "anns" },
      rules: [named],
    };
    const { nodes, edges } = graphOf(role, binding ?? {}).graph;
    const own = nodes.find(({ name }) => name === "ClusterRole anns")?.id;
    expect(own).toBeDefined();
    expect(edges.filter(({ from, type }) => from === own && type === "EVERYTHING")).toEqual([]);
  });
});

describe("a pod", () => {
  const privileged = { securityContext: { privileged: true } };
  const wide = { serviceAccountName: "boss" };
  const silent = { ...wide, automountServiceAccountToken: false };
  const volumes = [{ name: "t", projected: { sources: [{ serviceAccountToken: { path: "t" } }] } }];
  test.each<[string, Members, AccessTarget, boolean]>([
    ["is privileged", pod("p", "shop", {}, privileged), "node-root", true],
    [
      "is privileged among users of its own",
      pod("p", "shop", { hostUsers: false }, privileged),
      "node-root",
      false,
    ],
    ["has a wide account", pod("p", "shop", wide), "cluster-admin", true],
    ["has no token of it", pod("p", "shop", silent), "cluster-admin", false],
    [
      "has a token that it asked for by itself",
      pod("p", "shop", { ...silent, volumes }),
      "cluster-admin",
      true,
    ],
  ])("%s", (_, document, to, isThere) => {
    expect(comes(graphOf(document, boss("shop")), "Pod shop/p", to)).toBe(isThere);
  });

  test("of many containers that see each other has as many edges as they are", () => {
    const containers = Array.from({ length: 1000 }, (_, i) => ({ name: `c${i}`, image: "c" }));
    const { graph } = graphOf(pod("p", "shop", { containers, shareProcessNamespace: true }));
    expect(graph.edges.length).toBeLessThan(10_000);
  });
});

test("strangers are a way in, and nobody's administrators", () => {
  const access = graphOf(
    bound(null, "oops", ADMIN, { kind: "Group", name: "system:unauthenticated" }),
  );
  expect(comes(access, "the internet", "cluster-admin")).toBe(true);
});

test("changes of one name in two namespaces are two", () => {
  const role = (namespace: string): Members => ({
    apiVersion: RBAC,
    kind: "Role",
    metadata: { name: "ops", namespace },
    rules: [rule("get secrets")],
  });
  const documents = ["shop", "bank"].flatMap((namespace) => [
    role(namespace),
    bound(namespace, "ops", { kind: "Role", name: "ops" }, { kind: "User", name: "ann" }),
  ]);
  const access = graphOf(...documents);
  const from = access.graph.nodes.find(({ name }) => name === "User ann")?.id ?? -1;
  const { cuts, left } = pathsTo(access, [from], access.targets.secrets);
  expect([cuts.length, left]).toEqual([2, 0]);
});
