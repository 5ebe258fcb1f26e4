// Network policies of other kinds, of which only is read that they are there: each may let through or deny before those of Kubernetes.
// Source: https://docs.tigera.io/calico/latest/reference/resources/, https://network-policy-api.sigs.k8s.io/
import type { ClusterObject } from "../../model/cluster-object.ts";

/** Where Kubernetes has its own NetworkPolicy, now and before. */
export const OWN_POLICY: RegExp = /^(?:networking\.k8s\.io\/|extensions\/|v1$)/;
/** As its API server and as its own objects call it. */
export const CALICO_GROUP: RegExp = /^(?:crd\.)?projectcalico\.org\//;

const ADMINISTRATORS = /^policy\.networking\.k8s\.io\//;

/** Kinds, beside Calico's NetworkPolicy, with their groups: all may be for pods of every namespace. */
export const UNREAD_POLICIES: readonly (readonly [string, RegExp])[] = [
  ["GlobalNetworkPolicy", CALICO_GROUP],
  ["AdminNetworkPolicy", ADMINISTRATORS],
  ["BaselineAdminNetworkPolicy", ADMINISTRATORS],
  ["ClusterNetworkPolicy", ADMINISTRATORS],
];

export function isOwnPolicy(kind: string, version: string): boolean {
  return kind === "NetworkPolicy" && !CALICO_GROUP.test(version);
}

/** @param kind Of an object that is read at all. */
export function unreadPolicyOf(kind: string, version: string): ClusterObject["unreadPolicy"] {
  if (kind === "NetworkPolicy") return CALICO_GROUP.test(version) ? "namespace" : null;
  return UNREAD_POLICIES.some(([name]) => name === kind) ? "all" : null;
}
