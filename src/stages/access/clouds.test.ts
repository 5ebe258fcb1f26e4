import { describe, expect, test } from "vitest";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import type { AccessTarget } from "../../model/access-target.ts";
import { accessGraph } from "./build.ts";

type Members = Readonly<Record<string, unknown>>;

const ROLE = "arn:aws:iam::111122223333:role";
const RBAC = "rbac.authorization.k8s.io/v1";

function awsAuth(mapRoles: string): Members {
  const metadata = { name: "aws-auth", namespace: "kube-system" };
  return { apiVersion: "v1", kind: "ConfigMap", metadata, data: { mapRoles } };
}

function account(annotations: Members): Members {
  const metadata = { name: "web", namespace: "shop", annotations };
  return {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata,
    automountServiceAccountToken: false,
  };
}

function pod(labels: Members = {}): Members {
  const metadata = { name: "web", namespace: "shop", labels };
  const spec = { serviceAccountName: "web", containers: [{ name: "web", image: "web" }] };
  return { apiVersion: "v1", kind: "Pod", metadata, spec };
}

function bound(subject: Members, role: string): Members {
  const roleRef = { kind: "ClusterRole", name: role };
  const metadata = { name: "b" };
  return { apiVersion: RBAC, kind: "ClusterRoleBinding", metadata, roleRef, subjects: [subject] };
}

function comes(documents: readonly Members[], from: string, to: AccessTarget | string): boolean {
  const { graph, targets } = accessGraph({
    objects: documents.flatMap(readClusterObjects),
    workloads: documents.flatMap(readKubernetes),
    admitsTakeover: () => ({ isAdmitted: false, supposed: "", namespace: null }),
  });
  const node = graph.nodes.find(({ name }) => name === from);
  const ends = graph.nodes.filter(({ name }) => name === to).map(({ id }) => id);
  const wanted = to === "cluster-admin" || to === "secrets" ? targets[to] : ends;
  return node !== undefined && graph.waysTo(wanted).leadsFrom(node.id);
}

const MASTER = awsAuth(`- {rolearn: ${ROLE}/ci, username: ci, groups: [system:masters]}`);
const IRSA = account({ "eks.amazonaws.com/role-arn": `${ROLE}/team/ci` });
const AZURE = account({ "azure.workload.identity/client-id": "1-2-3" });
const POLICIES = (name: string, scope: Members): Members => ({
  associatedAccessPolicies: [
    { policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`, accessScope: scope },
  ],
  principalArn: `${ROLE}/ci`,
});

describe("somebody comes to an end through a cloud, or does not", () => {
  const cases: [string, Members[], string, string, boolean][] = [
    ["a role of system:masters", [MASTER], `${ROLE}/ci`, "cluster-admin", true],
    [
      "a role of another group",
      [awsAuth(`- {rolearn: ${ROLE}/ci, groups: [ops]}`)],
      `${ROLE}/ci`,
      "cluster-admin",
      false,
    ],
    [
      "a role of a group that is bound",
      [
        awsAuth(`- {rolearn: ${ROLE}/ci, groups: [ops]}`),
        bound({ kind: "Group", name: "ops" }, "cluster-admin"),
      ],
      `${ROLE}/ci`,
      "cluster-admin",
      true,
    ],
    [
      "a role that chooses the name of a user who is bound",
      [
        awsAuth(`- {rolearn: ${ROLE}/ci, username: "dev:{{SessionName}}"}`),
        bound({ kind: "User", name: "dev:boss" }, "cluster-admin"),
      ],
      `${ROLE}/ci`,
      "cluster-admin",
      true,
    ],
    [
      "a pod whose account is a role of system:masters",
      [MASTER, IRSA, pod()],
      "Pod shop/web",
      "cluster-admin",
      true,
    ],
    [
      "a pod of an account that is nobody",
      [MASTER, account({}), pod()],
      "Pod shop/web",
      "cluster-admin",
      false,
    ],
    ["a pod that does not ask Azure", [AZURE, pod()], "Pod shop/web", "1-2-3", false],
    [
      "a pod that asks Azure",
      [AZURE, pod({ "azure.workload.identity/use": "true" })],
      "Pod shop/web",
      "1-2-3",
      true,
    ],
    [
      "an association",
      [
        MASTER,
        pod(),
        account({}),
        {
          association: {
            namespace: "shop",
            serviceAccount: "web",
            roleArn: `${ROLE}/ci`,
            associationArn: "x",
          },
        },
      ],
      "Pod shop/web",
      "cluster-admin",
      true,
    ],
    [
      "a policy for the cluster",
      [POLICIES("AmazonEKSClusterAdminPolicy", { type: "cluster" })],
      `${ROLE}/ci`,
      "cluster-admin",
      true,
    ],
    [
      "a policy for a namespace",
      [POLICIES("AmazonEKSClusterAdminPolicy", { type: "namespace", namespaces: ["shop"] })],
      `${ROLE}/ci`,
      "cluster-admin",
      false,
    ],
    [
      "a policy that reads all",
      [POLICIES("AmazonEKSAdminViewPolicy", { type: "cluster" })],
      `${ROLE}/ci`,
      "secrets",
      true,
    ],
    [
      "a policy without secrets",
      [POLICIES("AmazonEKSViewPolicy", { type: "cluster" })],
      `${ROLE}/ci`,
      "secrets",
      false,
    ],
    [
      "a node whose role is of system:masters, too",
      [
        awsAuth(`- {rolearn: ${ROLE}/n, groups: [system:nodes, system:masters]}`),
        { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
      ],
      "Node n1",
      "cluster-admin",
      true,
    ],
  ];
  test.each(cases)("%s", (_, documents, from, to, wanted) => {
    expect(comes(documents, from, to)).toBe(wanted);
  });
});
