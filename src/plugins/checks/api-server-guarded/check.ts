import type { Check } from "../../../stages/check/contract.ts";
import { componentPod } from "../shared/component-examples.ts";
import { componentCheck } from "../shared/option-rules.ts";
import { apiServerRules } from "./rules.data.ts";

const GOOD = [
  "--anonymous-auth=false",
  "--authorization-mode=Node,RBAC",
  "--enable-admission-plugins=DenyServiceExternalIPs,EventRateLimit,AlwaysPullImages,NodeRestriction",
  "--kubelet-client-certificate=/pki/kubelet.crt",
  "--kubelet-client-key=/pki/kubelet.key",
  "--kubelet-certificate-authority=/pki/ca.crt",
  "--profiling=false",
  "--audit-log-path=/var/log/audit.log",
  "--audit-policy-file=/etc/audit.yaml",
  "--audit-log-maxage=30",
  "--audit-log-maxbackup=10",
  "--audit-log-maxsize=100",
  "--service-account-key-file=/pki/sa.pub",
  "--service-account-extend-token-expiration=false",
  "--etcd-certfile=/pki/etcd.crt",
  "--etcd-keyfile=/pki/etcd.key",
  "--etcd-cafile=/pki/etcd/ca.crt",
  "--tls-cert-file=/pki/tls.crt",
  "--tls-private-key-file=/pki/tls.key",
  "--tls-cipher-suites=TLS_AES_128_GCM_SHA256",
  "--client-ca-file=/pki/ca.crt",
  "--encryption-provider-config=/etc/encryption.yaml",
];

export const apiServerGuarded: Check = {
  id: "api-server-guarded",
  title: "the API server lets in only whom it knows, and keeps what it holds",
  severity: "high",
  why: "who may ask the API server anything owns every workload, secret and node of the cluster",
  fix: "set the flag in the manifest of the API server, or what the distribution has in its place",
  controls: [],
  ...componentCheck("kube-apiserver", apiServerRules),
  examples: {
    bad: [
      componentPod("kube-apiserver", []),
      // The last one wins.
      componentPod("kube-apiserver", [...GOOD, "--anonymous-auth=true"]),
      componentPod("kube-apiserver", [...GOOD, "--authorization-mode", "AlwaysAllow"]),
      componentPod("kube-apiserver", [...GOOD, "--token-auth-file=/etc/tokens.csv"]),
    ],
    good: [
      componentPod("kube-apiserver", GOOD),
      componentPod("/go-runner", ["--log-file=/x", "/usr/local/bin/kube-apiserver", ...GOOD]),
    ],
  },
};
