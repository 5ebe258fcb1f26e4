import type { Check } from "../../../stages/check/contract.ts";
import { componentPod } from "../shared/component-examples.ts";
import {
  type Ask,
  componentCheck,
  is,
  isGiven,
  isNot,
  type OptionRule,
} from "../shared/option-rules.ts";

/** kubeadm's CA of the cluster: whoever has a certificate of it, each kubelet, would be let in. */
const CLUSTER_CA = "/etc/kubernetes/pki/ca.crt";

const isOwnAuthority: Ask = (options) => {
  isGiven("trusted-ca-file")(options);
  isNot("trusted-ca-file", CLUSTER_CA)(options);
};

const RULES: readonly OptionRule[] = [
  {
    aspect: "certificate",
    severity: "high",
    cis: "2.1",
    ask: isGiven("cert-file", "key-file"),
  },
  { aspect: "clients", severity: "critical", cis: "2.2", ask: is("client-cert-auth", "true") },
  { aspect: "self-made", severity: "high", cis: "2.3", ask: isNot("auto-tls", "true") },
  {
    aspect: "peer-certificate",
    severity: "high",
    cis: "2.4",
    ask: isGiven("peer-cert-file", "peer-key-file"),
  },
  { aspect: "peers", severity: "critical", cis: "2.5", ask: is("peer-client-cert-auth", "true") },
  { aspect: "peer-self-made", severity: "high", cis: "2.6", ask: isNot("peer-auto-tls", "true") },
  { aspect: "authority", severity: "high", cis: "2.7", ask: isOwnAuthority },
];

const GOOD = [
  "--cert-file=/pki/server.crt",
  "--key-file=/pki/server.key",
  "--client-cert-auth=true",
  "--trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt",
  "--peer-cert-file=/pki/peer.crt",
  "--peer-key-file=/pki/peer.key",
  "--peer-client-cert-auth",
];

export const etcdGuarded: Check = {
  id: "etcd-guarded",
  title: "etcd speaks only with those who have a certificate of its own CA",
  severity: "high",
  why: "etcd holds every object and secret of the cluster, and asks no RBAC",
  fix: "set the flag in the manifest of etcd, or its variable where it is set up by variables",
  controls: [],
  ...componentCheck("etcd", RULES),
  examples: {
    bad: [
      componentPod("etcd", []),
      componentPod("etcd", [...GOOD, "--peer-auto-tls"]),
      // Flags alone: the image starts the program that it is called after.
      {
        format: "component",
        document: {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: "store", namespace: "kube-system" },
          spec: { containers: [{ name: "a", image: "example.org/etcd:3.6", args: ["--name=a"] }] },
        },
      },
      componentPod("etcd", [...GOOD, `--trusted-ca-file=${CLUSTER_CA}`]),
    ],
    good: [componentPod("etcd", GOOD)],
  },
};
