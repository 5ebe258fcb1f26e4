// The normal form of Kubernetes objects that run nothing themselves: grants, ways in, policies and settings.
import type { Fact } from "../kit/fact.ts";
import type { AdmissionHook } from "./admission-hook.ts";
import type { ApiEndpoint } from "./api-endpoint.ts";
import type { Checkable } from "./checkable.ts";
import type { CloudPart } from "./cloud-access.ts";
import type { GatewayPart } from "./gateway.ts";
import type { EnvironmentVariable, Label, Pointer } from "./workload.ts";

/** One object. Of the parts below it has the one that its kind has; all others are null. */
export interface ClusterObject extends Checkable {
  readonly form: "object";
  /** Group and version, as they are written; `""` where they are not. */
  readonly apiVersion: string;
  readonly at: Pointer;
  readonly labels: readonly Label[];
  /** What is set for controllers, with its places. */
  readonly annotations: readonly EnvironmentVariable[];
  readonly role: Role | null;
  readonly binding: Binding | null;
  readonly service: Service | null;
  readonly ingress: Ingress | null;
  /** Of the Gateway API, or of Istio. */
  readonly gateway: GatewayPart | null;
  readonly policy: NetworkPolicy | null;
  /** Of a network policy of a kind that is not read (Calico's, those of administrators): whether it may be for all pods. */
  readonly unreadPolicy: "namespace" | "all" | null;
  /** Names and values of a ConfigMap. */
  readonly settings: readonly EnvironmentVariable[] | null;
  /** Addresses that a Service is made to lead to by hand. */
  readonly endpoints: readonly Fact<string>[] | null;
  readonly node: ClusterNode | null;
  /** Of a ConfigMap or of a file of its own: how pods are joined to the network. */
  readonly podNetworks: readonly PodNetwork[] | null;
  /** What an API server answers of its own version, `v1.30.4`; null for all else. */
  readonly release: string | null;
  /** Of a configuration of encryption: the first rule for a resource counts. */
  readonly encryption: readonly EncryptionRule[] | null;
  /** Webhooks that are asked before something comes in. */
  readonly admission: readonly AdmissionHook[] | null;
  /** Of an audit policy. */
  readonly auditRules: readonly AuditRule[] | null;
  /** Of a service account: whether pods get its token when they do not say. */
  readonly mountsToken: Fact<boolean>;
  /** Of a Secret; nothing else of it is read. Absent where it is none, or says nothing and is opaque. */
  readonly secretType: Fact<string>;
  /** Of the ConfigMap `aws-auth`, and of what EKS tells of its access. */
  readonly cloud: CloudPart | null;
  /** Of what a cloud says of a cluster that it runs. */
  readonly apiEndpoint: ApiEndpoint | null;
}

/** A network that the CNI sets up for pods. */
export interface PodNetwork {
  readonly at: Pointer;
  /** Types of its plugins, in their order: `calico`, `portmap`. */
  readonly plugins: readonly string[];
}

/** How some resources are encrypted in etcd. */
export interface EncryptionRule {
  readonly at: Pointer;
  /** `secrets`, `deployments.apps`, `*.` for the core group, `*.*`. */
  readonly resources: readonly string[];
  /** The first writes, and all of them read. */
  readonly providers: readonly EncryptionProvider[];
}

export interface EncryptionProvider {
  readonly at: Pointer;
  /** `aescbc`, `aesgcm`, `identity`, `kms`, `secretbox`. */
  readonly name: string;
  /** Of `kms`; `""` for others. */
  readonly version: string;
}

/** What the API server writes down of which requests: the first rule that matches one decides. */
export interface AuditRule {
  readonly at: Pointer;
  /** `None`, `Metadata`, `Request`, `RequestResponse`. */
  readonly level: string;
  /** Groups and their resources, perhaps with subresources; every request when empty. */
  readonly resources: readonly { readonly group: string; readonly names: readonly string[] }[];
  /** Whether it is for some users, verbs, namespaces, names or paths only. */
  readonly isNarrow: boolean;
}

/** A machine of the cluster, as it tells of itself. */
export interface ClusterNode {
  /** `v1.30.4+k3s1`; `""` where it is not told. */
  readonly version: string;
  /** `containerd://1.7.20`; `""` where it is not told. */
  readonly runtime: string;
  /** Whose Kubernetes it is. */
  readonly distribution: Distribution | null;
}

/** A Kubernetes that is set up in its own way. */
export interface Distribution {
  /** `EKS`, `k3s`. */
  readonly name: string;
  /** Whether somebody else runs the control plane: its owner cannot set it up. */
  readonly isManaged: boolean;
}

export interface Role {
  /** Whether it may be given for all namespaces, and for what is in none. */
  readonly isClusterWide: boolean;
  readonly rules: readonly Rule[];
  /** Selectors, as they are written, of the roles whose rules are its own too; null for a role that gathers none. */
  readonly gathers: readonly unknown[] | null;
}

/** A permission; a text that is no text in the document is left out and is a gap. */
export interface Rule {
  readonly at: Pointer;
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  /** Only these objects; all when empty. */
  readonly names: readonly string[];
  /** Paths of the API server that are no resources, perhaps with a star at the end. */
  readonly urls: readonly string[];
}

export interface Binding {
  readonly isClusterWide: boolean;
  /** `ClusterRole` or `Role`, and its name. */
  readonly role: { readonly kind: string; readonly name: string; readonly at: Pointer };
  readonly subjects: readonly GrantSubject[];
}

export interface GrantSubject {
  readonly at: Pointer;
  /** `User`, `Group`, `ServiceAccount`. */
  readonly kind: string;
  readonly name: string;
  readonly namespace: string | null;
}

export interface Service {
  /** `ClusterIP`, `NodePort`, `LoadBalancer`. */
  readonly type: Fact<string>;
  readonly externalAddresses: readonly Fact<string>[];
  /** Who may come through the balancer; everybody when empty. */
  readonly sources: readonly Fact<string>[];
  /** null for one that selects no pods. */
  readonly selector: readonly Label[] | null;
  readonly ports: readonly Fact<number>[];
  /** Addresses of its own, at which the cluster answers for its pods; none where it has none, or a file does not tell. */
  readonly clusterAddresses: readonly string[];
  /** Which port of its own leads to which port of its pods. */
  readonly forwards: readonly Forward[];
}

export interface Forward {
  /** `TCP`, `UDP`, `SCTP`. */
  readonly protocol: string;
  readonly port: number;
  /** A number, or the name that a container gives to one. */
  readonly target: number | string;
}

export interface Ingress {
  /** The host of each rule; `""` for any. */
  readonly hosts: readonly { readonly host: string; readonly at: Pointer }[];
  /** Hosts for which there is a certificate; `""` stands for all. */
  readonly encrypted: readonly string[];
  /** Names of the services behind it. */
  readonly backends: readonly { readonly name: string; readonly at: Pointer }[];
}

/** Of Kubernetes itself, or of Cilium. */
export interface NetworkPolicy {
  readonly maker: "kubernetes" | "cilium";
  /** Whether it is for pods of all namespaces. */
  readonly isClusterWide: boolean;
  /** Whether somebody wrote which pods it is for. */
  readonly hasSelector: boolean;
  /** Labels and expressions that the pods must have, as they are written; null when it is no selector. */
  readonly selector: unknown;
  readonly ingress: Direction;
  readonly egress: Direction;
}

export interface Direction {
  /** Whether all is denied in this direction but what is let through. */
  readonly isPoliced: boolean;
  /** Whether rules that deny stand in it; only Cilium's do. */
  readonly hasDenials: boolean;
  readonly rules: readonly Opening[];
}

export interface Opening {
  readonly at: Pointer;
  /** Everybody when empty. */
  readonly peers: readonly Peer[];
  /** Whether it is for some ports only. */
  readonly hasPorts: boolean;
  /** Those, of Kubernetes' own policies; empty for others. */
  readonly ports: readonly PolicyPort[];
}

export interface PolicyPort {
  /** `TCP`, `UDP`, `SCTP`. */
  readonly protocol: string;
  /** A number, or the name that a container gives to one; null for all of the protocol. */
  readonly port: number | string | null;
  /** The last one of a range. */
  readonly endPort: number | null;
}

export interface Peer {
  readonly at: Pointer;
  readonly cidr: string | null;
  readonly except: readonly string[];
  /** Whether it is every pod of every namespace. */
  readonly isAnyPod: boolean;
  /** Selectors of namespaces and of pods, as they are written; null where none is, and in policies of others. */
  readonly namespaces: unknown;
  readonly pods: unknown;
}
