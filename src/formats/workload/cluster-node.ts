// Machines of a cluster, and whose Kubernetes runs on them.
import type { ClusterNode, Distribution } from "../../model/cluster-object.ts";
import { type Gaps, membersAt, nameAt, type Place, placeAt } from "./facts.ts";

interface Mark {
  readonly distribution: Distribution;
  readonly version: RegExp;
  /** The beginning of a label that only such nodes have. */
  readonly label: string;
  /** The beginning of `spec.providerID`; `""` for none. */
  readonly provider: string;
}

const managed = (name: string): Distribution => ({ name, isManaged: true });
const own = (name: string): Distribution => ({ name, isManaged: false });
const NONE = /^$/;

/** By what a node says of itself, the surest first. */
const MARKS: readonly Mark[] = [
  { distribution: managed("EKS"), version: /-eks-/, label: "eks.amazonaws.com/", provider: "" },
  {
    distribution: managed("GKE"),
    version: /-gke\./,
    label: "cloud.google.com/gke-",
    provider: "",
  },
  {
    distribution: managed("AKS"),
    version: NONE,
    label: "kubernetes.azure.com/cluster",
    provider: "",
  },
  { distribution: own("k3s"), version: /\+k3s/, label: "", provider: "k3s://" },
  { distribution: own("RKE2"), version: /\+rke2/, label: "", provider: "rke2://" },
  { distribution: own("OpenShift"), version: NONE, label: "node.openshift.io/", provider: "" },
];

/** What a Node object tells; of what it does not, nothing. */
export function nodeOf(place: Place): ClusterNode {
  const gaps: Gaps = [];
  const info = placeAt(placeAt(place, "status", gaps), "nodeInfo", gaps);
  const version = nameAt(info, "kubeletVersion");
  const provider = nameAt(placeAt(place, "spec", gaps), "providerID");
  const labels = membersAt(placeAt(place, "metadata", gaps), "labels", gaps);
  const isOf = (mark: Mark): boolean =>
    mark.version.test(version === "" ? "?" : version) ||
    (mark.provider !== "" && provider.startsWith(mark.provider)) ||
    (mark.label !== "" && labels.some(({ name }) => name.startsWith(mark.label)));
  return {
    version,
    runtime: nameAt(info, "containerRuntimeVersion"),
    distribution: MARKS.find(isOf)?.distribution ?? null,
  };
}
