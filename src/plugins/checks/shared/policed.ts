// Which network policies are for the pods of a workload.
import type { ClusterObject, NetworkPolicy } from "../../../model/cluster-object.ts";
import { selects } from "../../../model/selector.ts";
import type { Workload } from "../../../model/workload.ts";

/** A policy, and the object that has it. */
export interface OwnPolicy {
  readonly object: ClusterObject;
  readonly policy: NetworkPolicy;
}

/** Those among the objects that deny something to its pods in a direction. */
export function policiesFor(
  workload: Workload,
  objects: readonly ClusterObject[],
  direction: "ingress" | "egress",
): OwnPolicy[] {
  const namespace = workload.namespace ?? "default";
  // Cilium knows its namespace as a label.
  const labels = [...workload.labels, { name: "io.kubernetes.pod.namespace", value: namespace }];
  return objects.flatMap((object) => {
    const { policy } = object;
    const isFor =
      policy !== null &&
      (policy.isClusterWide || (object.namespace ?? "default") === namespace) &&
      policy[direction].isPoliced &&
      selects(policy.selector, labels);
    return isFor ? [{ object, policy }] : [];
  });
}
