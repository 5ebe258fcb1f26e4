// What the access policies of EKS allow, as roles of Kubernetes' own and rules.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
import type { Rule } from "./cluster-object.ts";

/** A ClusterRole that allows the same, and what it allows besides or instead. */
export interface AccessPolicy {
  readonly role: string | null;
  readonly rules: readonly Rule[];
}

const READ = ["get", "list", "watch"];

function reading(group: string, resource: string): Rule {
  return { at: "", verbs: READ, groups: [group], resources: [resource], names: [], urls: [] };
}

const like = (role: string): AccessPolicy => ({ role, rules: [] });
/** For what AWS itself runs: it has what it needs for that. */
const OWN: AccessPolicy = { role: null, rules: [] };

export const ACCESS_POLICIES: ReadonlyMap<string, AccessPolicy> = new Map([
  ["AmazonEKSClusterAdminPolicy", like("cluster-admin")],
  ["AmazonEKSAdminPolicy", like("admin")],
  ["AmazonEKSEditPolicy", like("edit")],
  ["AmazonEKSViewPolicy", like("view")],
  ["AmazonEKSAdminViewPolicy", { role: null, rules: [reading("*", "*")] }],
  ["AmazonEKSSecretReaderPolicy", { role: null, rules: [reading("", "secrets")] }],
  ...[
    "AutoNode",
    "BlockStorage",
    "BlockStorageCluster",
    "ClusterInsights",
    "Compute",
    "ComputeCluster",
    "Event",
    "Hybrid",
    "LoadBalancing",
    "LoadBalancingCluster",
    "Networking",
    "NetworkingCluster",
  ].map((name) => [`AmazonEKS${name}Policy`, OWN] as const),
]);
