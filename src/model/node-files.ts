// The normal form of the files on a node that Kubernetes' own programs live by: whose they are, and who may do what with them.
import type { Fact } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { Pointer } from "./workload.ts";

export interface NodeFiles extends Checkable {
  readonly form: "node";
  readonly platform: "host";
  /** null where whoever looked does not say. */
  readonly distribution: NodeDistribution | null;
  /** Of a kind there may be none, one or many. */
  readonly files: readonly NodeFile[];
}

export type NodeDistribution = "kubeadm" | "k3s" | "RKE2";

export interface NodeFile {
  readonly kind: NodeFileKind;
  /** As its node has it. */
  readonly path: string;
  readonly at: Pointer;
  /** Absent where nothing lies there. */
  readonly owned: Fact<Ownership>;
  /** Whether a script may change it: those that only another's command line names are looked at, and never changed. */
  readonly isTrusted: boolean;
}

/** What a file is to Kubernetes. */
export type NodeFileKind =
  | "api-server-manifest"
  | "controller-manager-manifest"
  | "scheduler-manifest"
  | "etcd-manifest"
  | "cni"
  | "etcd-data"
  | "admin-config"
  | "controller-manager-config"
  | "scheduler-config"
  | "pki"
  | "kubelet-service"
  | "proxy-config"
  | "kubelet-kubeconfig"
  | "client-authority"
  | "kubelet-config";

/** Owner, group and permissions; what was not told is null. */
export interface Ownership {
  readonly user: Owner;
  readonly group: Owner;
  /** The permission bits, 0 to 0o7777. */
  readonly mode: number | null;
}

export interface Owner {
  readonly number: number | null;
  readonly name: string | null;
}
