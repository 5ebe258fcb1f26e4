// The normal form of a part of Kubernetes itself: one program with its options as they take effect.
import type { Fact } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { Pointer } from "./workload.ts";

export type ComponentName =
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "etcd"
  | "kubelet"
  | "kube-proxy";

/** One component as it runs, or as a file says that it runs. */
export interface Component extends Checkable {
  readonly form: "component";
  readonly component: ComponentName;
  /** The component in its document. */
  readonly at: Pointer;
  /**
   * What is set, by the name of the flag without its dashes; of the kubelet and kube-proxy by the path in their configuration:
   * `authentication.anonymous.enabled`. Lists are joined by commas. What a flag and a file both set has the flag's value.
   */
  readonly options: ReadonlyMap<string, Fact<string>>;
  /** What holds where nothing is set, by the same names. */
  readonly defaults: ReadonlyMap<string, string>;
  /** Who runs it in place of the cluster's owner: `EKS`; null for the owner. */
  readonly provider: string | null;
}
