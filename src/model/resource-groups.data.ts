// API groups of the resources that Kubernetes itself has, so that people may leave them out. The core group is `""`.
// Source: https://kubernetes.io/docs/reference/kubernetes-api/

const BY_GROUP: Readonly<Record<string, string>> = {
  "": "bindings componentstatuses configmaps endpoints events limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services users groups",
  "admissionregistration.k8s.io": "mutatingadmissionpolicies mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations",
  "apiextensions.k8s.io": "customresourcedefinitions",
  "apiregistration.k8s.io": "apiservices",
  apps: "controllerrevisions daemonsets deployments replicasets statefulsets",
  "authentication.k8s.io": "selfsubjectreviews tokenreviews",
  "authorization.k8s.io": "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
  autoscaling: "horizontalpodautoscalers",
  batch: "cronjobs jobs",
  "certificates.k8s.io": "certificatesigningrequests clustertrustbundles signers",
  "coordination.k8s.io": "leases",
  "discovery.k8s.io": "endpointslices",
  "flowcontrol.apiserver.k8s.io": "flowschemas prioritylevelconfigurations",
  "networking.k8s.io": "ingressclasses ingresses ipaddresses networkpolicies servicecidrs",
  "node.k8s.io": "runtimeclasses",
  policy: "poddisruptionbudgets",
  "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
  "resource.k8s.io": "deviceclasses resourceclaims resourceclaimtemplates resourceslices",
  "scheduling.k8s.io": "priorityclasses",
  "storage.k8s.io": "csidrivers csinodes csistoragecapacities storageclasses volumeattachments volumeattributesclasses",
};

/** By resource, without its subresource. */
export const RESOURCE_GROUPS: ReadonlyMap<string, string> = new Map(Object.entries(BY_GROUP).flatMap(([group, names]) => names.split(" ").map((name) => [name, group] as const)));

/** Resources that are in no namespace, so that only bindings for everything reach them. */
export const CLUSTER_RESOURCES: ReadonlySet<string> = new Set(
  [
    "apiservices certificatesigningrequests clusterrolebindings clusterroles clustertrustbundles componentstatuses",
    "csidrivers csinodes customresourcedefinitions deviceclasses flowschemas groups ingressclasses ipaddresses",
    "mutatingadmissionpolicies mutatingwebhookconfigurations nodes persistentvolumes priorityclasses",
    "prioritylevelconfigurations resourceslices runtimeclasses selfsubjectaccessreviews selfsubjectreviews",
    "selfsubjectrulesreviews servicecidrs signers storageclasses subjectaccessreviews tokenreviews users",
    "validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations volumeattachments",
    "volumeattributesclasses",
  ].flatMap((names) => names.split(" ")),
);
