// Why we and others differ about a label, by set and by their id, or by id and case. None is taken out of the score.

const ROOT = "they take a user other than 0 for proof; Pod Security asks for runAsNonRoot too, since an image may be changed";
const ANNOTATION = "they take the annotations of seccomp, which Kubernetes does not read any more (since v1.27)";
const DIGEST = "the digest of the example is no digest: 64 digits make one of SHA-256";
const NAMESPACED = "what is in no namespace cannot be granted by a Role (Kubernetes, RBAC: cluster-scoped resources)";
const SUBRESOURCES = "they take pods/* for all subresources; the API server's authorizer knows *, pods/exec and */exec only";
const OBJECTS = "we ask for the namespace of workloads; a finding for each other object would be noise";
const UNSET = "they ask whether anything is set; we ask whether what is set weakens the container";
const ABSENT = "not built: no check of ours asks this yet";
const DROPS = "they ask for some dropped capabilities; we, as Pod Security, for ALL";
const BINDING = "they look at names of bindings; we at what the role grants, whoever it is bound to";
const SETTINGS = "it depends on settings that go with their case, such as a list of allowed names";
const CILIUM = "a policy of Cilium, which is not read yet";

export const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  polaris: {
    clusterrolePodExecAttach: BINDING,
    clusterrolebindingClusterAdmin: BINDING,
    clusterrolebindingPodExecAttach: BINDING,
    rolePodExecAttach: BINDING,
    rolebindingClusterAdminClusterRole: BINDING,
    rolebindingClusterAdminRole: BINDING,
    rolebindingClusterRolePodExecAttach: BINDING,
    rolebindingRolePodExecAttach: BINDING,
    missingNetworkPolicy: "they ask for rules in both directions; a policy without rules denies everything, which is more",
    pullPolicyNotAlways: "an image without a tag is pulled always by default (Kubernetes, Images)",
  },
  trivy: {
    "KSV-0022": "NET_BIND_SERVICE may be added under Pod Security, baseline and restricted",
    "KSV-0036": "their example for a pod without a token does not say that it wants none, so it gets one",
  },
  checkov: {
    CKV_K8S_11: "the folder serves several tests, and what is expected of it is told of some files only",
    CKV_K8S_13: "the folder serves several tests, and what is expected of it is told of some files only",
    CKV_K8S_15: DIGEST,
    CKV_K8S_23: ROOT,
    CKV_K8S_31: ANNOTATION,
    CKV_K8S_33: "they go by labels and names; we by the image, and the example has that of something else or none",
    CKV_K8S_35: "it has no containers at all, and cannot be told",
    CKV_K8S_37: DROPS,
    CKV_K8S_39: "malformed: it cannot be told, which we say as a problem",
    CKV_K8S_43: DIGEST,
    CKV_K8S_44: "a service of Tiller without Tiller; we look for what runs",
    CKV_K8S_45: "Tiller that listens on the loopback address only; we say that it is there",
    CKV_K8S_152: "they look for one annotation at a time; we say that any snippet is",
    CKV_K8S_153: "they look for one annotation at a time; we say that any snippet is",
    CKV_K8S_154: "they look for one annotation at a time; we say that any snippet is",
  },
  kics: {
    cni_plugin_does_not_support_network_policies: ABSENT,
    object_is_using_a_deprecated_api_version: ABSENT,
    default_seccomp_profile_disabled: "label:seccomp:unconfined is a label of SELinux and no profile of seccomp",
    containers_running_as_root: ROOT,
    non_kube_system_pod_with_host_mount: "they leave kube-system out; Pod Security does not",
    container_traffic_not_bound_to_host_interface: "the long form has host_ip for the address; what is written into published is none",
    security_opt_not_set: "they ask whether security_opt is there at all; the example switches AppArmor off with it",
  },
  regolibrary: {
    "alert-mount-potential-credentials-paths": SETTINGS,
    "anonymous-access-enabled": "system:public-info-viewer is for everybody by Kubernetes' own default",
    "configmap-in-default-namespace": OBJECTS,
    "container-image-repository": SETTINGS,
    "dangling-networkpolicy": "no pod of the namespace is in the input, which may be a part only",
    "detect-nginx-ingress-controller-eol": ABSENT,
    "endpointslice-in-default-namespace": OBJECTS,
    "ensure-default-service-accounts-has-only-default-roles": "the default service account is bound, to a role with few permissions",
    "ensure-endpointprivateaccess-is-enabled": "a description of a cloud's cluster, which belongs to the audit of clusters",
    ensure_network_policy_configured_in_labels: CILIUM,
    "ensure_network_policy_configured_in_labels ensure_network_policy_configured_in_labels/failed_pod_no_networkpolicy": "neither a policy nor a namespace is in the input, which may be a part only",
    "exec-into-container-v1": SUBRESOURCES,
    "exposure-to-internet-via-gateway-api": ABSENT,
    "exposure-to-internet-via-istio-ingress": ABSENT,
    "image-not-pinned-to-digest": DIGEST,
    "image-not-pinned-to-digest image-not-pinned-to-digest/pod-exempted-repo": SETTINGS,
    "ingress-in-default-namespace": OBJECTS,
    "internal-networking": "no pod of the namespace is in the input, or the policy is one of Cilium",
    "linux-hardening": "some capabilities are dropped, which the case counts as nothing",
    "namespace-without-service-account": ABSENT,
    "persistentvolumeclaim-in-default-namespace": OBJECTS,
    "pod-security-admission-applied-2": "a webhook of admission stands for the label; we look for the label",
    "poddisruptionbudget-in-default-namespace": OBJECTS,
    "role-in-default-namespace": OBJECTS,
    "rolebinding-in-default-namespace": OBJECTS,
    "rule-access-dashboard-subject-v1": "they look for bindings of the dashboard's account; we for the dashboard",
    "rule-can-access-proxy-subresource": NAMESPACED,
    "rule-can-approve-cert-signing-request": NAMESPACED,
    "rule-can-create-pv": NAMESPACED,
    "rule-can-portforward-v1": SUBRESOURCES,
    "rule-identify-blocklisted-image-registries": SETTINGS,
    "service-in-default-namespace": OBJECTS,
    "serviceaccount-in-default-namespace": OBJECTS,
    "set-fsgroup-value": UNSET,
    "set-seLinuxOptions": UNSET,
    "set-seccomp-profile-RuntimeDefault": "they allow RuntimeDefault alone; Pod Security allows Localhost too",
    "system-authenticated-allowed-to-take-over-cluster": "the group of everybody is bound, to a role with few permissions",
    "unauthenticated-service": "the result of a scan of theirs, which is no configuration",
    "workload-with-cluster-takeover-roles": "a path from a workload to a role, which belongs to the access graph",
  },
};
