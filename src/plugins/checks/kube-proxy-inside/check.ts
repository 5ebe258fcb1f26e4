import type { Check } from "../../../stages/check/contract.ts";
import { componentFile, componentPod } from "../shared/component-examples.ts";
import { componentCheck, isLoopback, type OptionRule } from "../shared/option-rules.ts";

const RULES: readonly OptionRule[] = [
  { aspect: "loopback", severity: "low", cis: "4.3.1", ask: isLoopback("metricsBindAddress") },
];

export const kubeProxyInside: Check = {
  id: "kube-proxy-inside",
  title: "kube-proxy tells its metrics to its own node only",
  severity: "low",
  why: "its metrics and its /proxyMode and /configz pages tell how the cluster's network is made",
  fix: "leave metricsBindAddress out of kube-proxy's configuration, or set it to 127.0.0.1:10249",
  controls: [],
  ...componentCheck("kube-proxy", RULES),
  examples: {
    bad: [
      componentFile("KubeProxyConfiguration", { metricsBindAddress: "0.0.0.0:10249" }),
      componentPod("kube-proxy", ["--metrics-bind-address=0.0.0.0"]),
    ],
    good: [
      componentFile("KubeProxyConfiguration", { metricsBindAddress: "" }),
      componentFile("KubeProxyConfiguration", { mode: "nftables" }),
    ],
  },
};
