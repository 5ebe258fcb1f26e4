// Versions of Kubernetes' own APIs that are no longer served, and since which minor version.
// Source: https://kubernetes.io/docs/reference/using-api/deprecation-guide/

interface Removed {
  /** 25 for v1.25. */
  readonly in: number;
  readonly instead: string;
}

const BY_VERSION: readonly (readonly [since: number, version: string, kinds: string, instead: string])[] = [
  [16, "apps/v1beta1", "Deployment StatefulSet ControllerRevision", "apps/v1"],
  [16, "apps/v1beta2", "DaemonSet Deployment ReplicaSet StatefulSet ControllerRevision", "apps/v1"],
  [16, "extensions/v1beta1", "DaemonSet Deployment ReplicaSet", "apps/v1"],
  [16, "extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1"],
  [16, "extensions/v1beta1", "PodSecurityPolicy", ""],
  [22, "admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1"],
  [22, "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1"],
  [22, "apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1"],
  [22, "certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1"],
  [22, "coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1"],
  [22, "extensions/v1beta1", "Ingress", "networking.k8s.io/v1"],
  [22, "networking.k8s.io/v1beta1", "Ingress IngressClass", "networking.k8s.io/v1"],
  [22, "rbac.authorization.k8s.io/v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding", "rbac.authorization.k8s.io/v1"],
  [22, "scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1"],
  [22, "storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "storage.k8s.io/v1"],
  [25, "autoscaling/v2beta1", "HorizontalPodAutoscaler", "autoscaling/v2"],
  [25, "batch/v1beta1", "CronJob", "batch/v1"],
  [25, "discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1"],
  [25, "node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1"],
  [25, "policy/v1beta1", "PodDisruptionBudget", "policy/v1"],
  [25, "policy/v1beta1", "PodSecurityPolicy", ""],
  [26, "autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2"],
  [26, "flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1"],
  [27, "storage.k8s.io/v1beta1", "CSIStorageCapacity", "storage.k8s.io/v1"],
  [29, "flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1"],
  [32, "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1"],
];

/** By `VERSION KIND`, as `policy/v1beta1 PodSecurityPolicy`. */
export const REMOVED: ReadonlyMap<string, Removed> = new Map(
  BY_VERSION.flatMap(([since, version, kinds, instead]) =>
    kinds.split(" ").map((kind): [string, Removed] => [`${version} ${kind}`, { in: since, instead: instead === "" ? "Pod Security admission is in its place" : `${instead} is` }]),
  ),
);
