// Why we and others differ about a label, by set and by their id, or by id and case. None is taken out of the score; `excluded`
// names those few that the second score leaves out.

const NO_POD = "the spec of the pod is a list, so there is no container in it; that it cannot be told is said, which is no finding";
const OTHER_GROUP = "the rule names services and pods under rbac.authorization.k8s.io, where they are not, so it grants nothing of them";
const ANNOTATION = "they take the annotations of seccomp, which Kubernetes does not read any more (since v1.27)";
const NAMESPACED = "what is in no namespace cannot be granted by a Role (Kubernetes, RBAC: cluster-scoped resources)";
const SUBRESOURCES = "they take pods/* for all subresources; the API server's authorizer knows *, pods/exec and */exec only";
const DROPS = "they ask for some dropped capabilities; we, as Pod Security, for ALL";
const EXEMPT = "they leave roles and bindings out by their names; we look at what is granted, whatever it is called";
const MISSING_ROLE = "it names a role that is not there, which another check says; whether it would let anybody in is not known";
const SETTINGS = "it depends on settings that go with their case, such as a list of allowed names";
const BY_DEFAULT = "the flag is left out, and Kubernetes has by default what is demanded";
const SUFFIX = "they ask for a name that ends in .pem, and pass what is not set; the benchmark asks for a file that is set";
const CIPHERS = "they go by version 1.10 of the benchmark, whose list still has ciphers with CBC; we by 1.12";
const CILIUM = "the policy has empty lists of rules, which police nothing in Cilium (its policy language: a direction without rules is not policed)";

export const differences: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  polaris: {
    clusterrolePodExecAttach: EXEMPT,
    clusterrolebindingPodExecAttach: EXEMPT,
    "clusterrolebindingPodExecAttach clusterrolebindingPodExecAttach/failure.binding_points_to_missing_ref.yaml": MISSING_ROLE,
    rolePodExecAttach: EXEMPT,
    rolebindingClusterRolePodExecAttach: MISSING_ROLE,
    rolebindingRolePodExecAttach: MISSING_ROLE,
    "rolebindingRolePodExecAttach rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml":
      "they look for roles of the kind Role only, and the binding is of a ClusterRole; what it grants is the same",
    missingNetworkPolicy: "they ask for rules in both directions; a policy without rules denies everything, which is more",
    pullPolicyNotAlways: "an image without a tag is pulled always by default (Kubernetes, Images)",
  },
  trivy: {
    "KSV-0022": "NET_BIND_SERVICE may be added under Pod Security, baseline and restricted",
    "KSV-0036": "their example for a pod without a token does not say that it wants none, so it gets one",
  },
  checkov: {
    CKV2_K8S_1: "they pass what is bound to a user; we look at what the role grants, whoever gets it",
    CKV2_K8S_2: OTHER_GROUP,
    "CKV2_K8S_2 NoCreateNodesProxyOrPodsExec/Failing/3": NAMESPACED,
    "CKV2_K8S_2 NoCreateNodesProxyOrPodsExec/Passing/2": "they ask for create on nodes/proxy; get is enough for a shell over a WebSocket",
    CKV2_K8S_4: OTHER_GROUP,
    CKV_K8S_23: NO_POD,
    CKV_K8S_31: ANNOTATION,
    CKV_K8S_37: DROPS,
    CKV_K8S_74: "without a mode the API server allows everything, which they pass",
    CKV_K8S_82: BY_DEFAULT,
    CKV_K8S_83: BY_DEFAULT,
    CKV_K8S_96: BY_DEFAULT,
    CKV_K8S_97: SUFFIX,
    CKV_K8S_110: SUFFIX,
    CKV_K8S_111: SUFFIX,
  },
  kics: {
    audit_policy_file_not_defined: "they look for the file among those that are read; which file the flag names cannot be told from here",
    audit_policy_not_cover_key_security_concerns: "deployments and token reviews are not in the core group, under which the rule names them, so it does not match them",
    tls_connection_certificate_not_setup: "a kubelet without a certificate passes with them as a program, and fails as a file",
    default_seccomp_profile_disabled: "label:seccomp:unconfined is a label of SELinux and no profile of seccomp",
    non_kube_system_pod_with_host_mount: "they leave kube-system out; Pod Security does not",
    security_opt_not_set: "they ask whether security_opt is there at all; the example switches AppArmor off with it",
  },
  regolibrary: {
    "audit-policy-content": "the last rule is for everything, and writes down what those before it leave out",
    "ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10": CIPHERS,
    "ensure-that-the-etcd-data-directory-ownership-is-set-to-etcd-etcd": "the folder belongs to root, and they are content with it in spite of their name",
    "list-all-mutating-webhooks": "they list every webhook for somebody to look at, and call none of them wrong",
    "alert-mount-potential-credentials-paths": SETTINGS,
    "anonymous-access-enabled": "system:public-info-viewer is for everybody by Kubernetes' own default",
    "dangling-networkpolicy": "no pod of the namespace is in the input, which may be a part only",
    "ensure-default-service-accounts-has-only-default-roles": "the default service account is bound, to a role with few permissions",
    "ensure_network_policy_configured_in_labels ensure_network_policy_configured_in_labels/success_pod_cilium_label_match": CILIUM,
    "ensure_network_policy_configured_in_labels ensure_network_policy_configured_in_labels/failed_pod_no_networkpolicy": "neither a policy nor a namespace is in the input, which may be a part only",
    "exec-into-container-v1": SUBRESOURCES,
    "namespace-without-service-account": "they ask for another account than the default one in each namespace; one that nothing uses protects nothing",
    "pod-security-admission-applied-2": "a webhook that changes pods stands for the label; we take it for no policy",
    "rule-can-access-proxy-subresource": NAMESPACED,
    "rule-can-approve-cert-signing-request": NAMESPACED,
    "rule-can-create-pv": NAMESPACED,
    "rule-can-portforward-v1": SUBRESOURCES,
    "set-seccomp-profile-RuntimeDefault": "they allow RuntimeDefault alone; Pod Security allows Localhost too",
    "system-authenticated-allowed-to-take-over-cluster": "the group of everybody is bound, to a role with few permissions",
    "unauthenticated-service": "the result of a scan of theirs, which is no configuration",
  },
};

/** Labels that contradict a standard, by set and case, each with the standard: the second score is the one without them. */
export const excluded: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  polaris: {
    "clusterrolebindingPodExecAttach clusterrolebindingPodExecAttach/success.defaultclusterrolebinding_clusteradmin.yaml":
      "CIS Kubernetes 1.12, 5.1.1: cluster-admin only where it is needed, and the binding gives it to a user",
    "missingNetworkPolicy missingNetworkPolicy/failure.netpol_missing_egress_rules.yaml": "Kubernetes, Network Policies: with Egress among policyTypes and no rules, all egress is denied",
    "missingNetworkPolicy missingNetworkPolicy/failure.netpol_missing_ingress_rules.yaml": "Kubernetes, Network Policies: with Ingress among policyTypes and no rules, all ingress is denied",
    "pullPolicyNotAlways pullPolicyNotAlways/failure.cron-job.yaml": "Kubernetes, Images: without a tag imagePullPolicy is Always by default",
    "pullPolicyNotAlways pullPolicyNotAlways/failure.yaml": "Kubernetes, Images: without a tag imagePullPolicy is Always by default",
    "rolebindingRolePodExecAttach rolebindingRolePodExecAttach/success.role_binding_cluster_role_binding.yaml":
      "Kubernetes, RBAC: a RoleBinding of a ClusterRole grants its rules in the namespace, here all of them",
  },
  trivy: {
    "KSV-0022 specific_capabilities_added/bad0.yaml": "Pod Security Standards, baseline and restricted: NET_BIND_SERVICE may be added",
    "KSV-0036 protecting_pod_service_account_tokens/good0.yaml": "Kubernetes, service accounts for pods: the token is mounted unless automountServiceAccountToken is false",
  },
  checkov: {
    "CKV_K8S_74 example_ApiServerAuthorizationModeNotAlwaysAllow/ApiServer-PASSED-2.yaml":
      "CIS Kubernetes 1.12, 1.2.6: the argument exists and is not AlwaysAllow, which is the default of kube-apiserver",
    "CKV2_K8S_2 NoCreateNodesProxyOrPodsExec/Failing/3": "Kubernetes, RBAC: a Role is for its namespace, and grants nothing of what is in none",
    "CKV_K8S_82 example_ApiServerServiceAccountPlugin/ApiServerServiceAccountPlugin-FAILED.yaml": "CIS Kubernetes 1.12, 1.2.12: not among the disabled plugins; it is enabled by default",
    "CKV_K8S_83 example_ApiServerNamespaceLifecyclePlugin/ApiServerNamespaceLifecyclePlugin-FAILED.yaml": "CIS Kubernetes 1.12, 1.2.13: not among the disabled plugins; it is enabled by default",
    "CKV_K8S_96 example_ApiServerServiceAccountLookup/ApiServer-FAILED-2.yaml": "CIS Kubernetes 1.12, 1.2.21: if the argument exists it is true; true is the default",
    "CKV_K8S_31 example_Seccomp/pod-seccomp-PASSED.yaml": "Pod Security Standards, restricted: securityContext.seccompProfile.type; the annotation has no effect since v1.27",
    "CKV_K8S_31 example_Seccomp/pod-seccomp-PASSED2.yaml": "Pod Security Standards, restricted: securityContext.seccompProfile.type; the annotation has no effect since v1.27",
  },
  kics: {
    "default_seccomp_profile_disabled default_seccomp_profile_disabled/positive1.yaml": "Docker, SELinux labels: label: in security_opt is a label, and names no seccomp profile",
    "non_kube_system_pod_with_host_mount non_kube_system_pod_with_host_mount/negative.yaml": "Pod Security Standards, baseline: hostPath volumes are forbidden, in whichever namespace",
    "security_opt_not_set security_opt_not_set/negative1.yaml": "CIS Docker 1.6.0, 5.26: no-new-privileges is among the options, which apparmor:unconfined is not",
    "tls_connection_certificate_not_setup tls_connection_certificate_not_setup/negative3.yaml": "CIS Kubernetes 1.12, 4.2.9: certificate and key are set for the kubelet",
  },
  regolibrary: {
    "audit-policy-content audit-policy-content/failed-missing-one": "CIS Kubernetes 1.12, 3.2.2: what matters is logged at Metadata at least, which the last rule, for every request, does",
    // Its other case, which contradicts the same, is beyond what may be left out.
    "ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10 ensure-that-the-API-Server-only-makes-use-of-Strong-Cryptographic-Ciphers-cis1-10/rke2-args":
      "CIS Kubernetes 1.12, 1.2.29: the ciphers with CBC, which 1.10 still had, are no longer among the strong ones",
    "ensure-that-the-etcd-data-directory-ownership-is-set-to-etcd-etcd ensure-that-the-etcd-data-directory-ownership-is-set-to-etcd-etcd/passed": "CIS Kubernetes 1.12, 1.1.12: etcd:etcd",
    "exec-into-container-v1 exec-into-container-v1/clusterrole": "Kubernetes, RBAC: subresources are named with a slash, and the authorizer knows *, pods/exec and */exec; pods/* matches none",
    "rule-can-access-proxy-subresource rule-can-access-proxy-subresource/role-rolebinding": "Kubernetes, RBAC: a Role is for its namespace, and grants nothing of what is in none",
    "rule-can-approve-cert-signing-request rule-can-approve-cert-signing-request/role-rolebinding": "Kubernetes, RBAC: a Role is for its namespace, and grants nothing of what is in none",
    "rule-can-create-pv rule-can-create-pv/role-rolebinding": "Kubernetes, RBAC: a Role is for its namespace, and grants nothing of what is in none",
    "rule-can-portforward-v1 rule-can-portforward-v1/clusterrole-clusterrolebinding":
      "Kubernetes, RBAC: subresources are named with a slash, and the authorizer knows *, pods/exec and */exec; pods/* matches none",
    "set-seccomp-profile-RuntimeDefault set-seccomp-profile-RuntimeDefault/pod": "Pod Security Standards, restricted: RuntimeDefault or Localhost",
    "set-seccomp-profile-RuntimeDefault set-seccomp-profile-RuntimeDefault/workloads": "Pod Security Standards, restricted: RuntimeDefault or Localhost",
  },
};
