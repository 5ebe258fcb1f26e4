// Everything of a cluster that one run has read, for what only shows when it is seen together.
import type { Checkable } from "./checkable.ts";
import type { ClusterObject } from "./cluster-object.ts";
import type { Workload } from "./workload.ts";

/** May be a part only: that something is not among it does not mean that there is none. */
export interface Cluster extends Checkable {
  readonly form: "cluster";
  readonly workloads: readonly Workload[];
  readonly objects: readonly ClusterObject[];
}

/** Objects as one form; what is none of a cluster's is left out. */
export function clusterOf(subjects: readonly Checkable[]): Cluster {
  return {
    form: "cluster",
    platform: "kubernetes",
    kind: "cluster",
    name: "",
    namespace: null,
    gaps: [],
    workloads: subjects.filter((one): one is Workload => one.form === "workload"),
    objects: subjects.filter((one): one is ClusterObject => one.form === "object"),
  };
}
