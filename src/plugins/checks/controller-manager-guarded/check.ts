import type { Check } from "../../../stages/check/contract.ts";
import { componentPod } from "../shared/component-examples.ts";
import {
  componentCheck,
  is,
  isAtLeast,
  isGateKept,
  isGiven,
  isLoopback,
  type OptionRule,
} from "../shared/option-rules.ts";

const RULES: readonly OptionRule[] = [
  {
    aspect: "ended-pods",
    severity: "low",
    cis: "1.3.1",
    ask: isAtLeast("terminated-pod-gc-threshold", 1),
  },
  { aspect: "profiling", severity: "low", cis: "1.3.2", ask: is("profiling", "false") },
  {
    aspect: "own-credentials",
    severity: "high",
    cis: "1.3.3",
    ask: is("use-service-account-credentials", "true"),
  },
  {
    aspect: "account-key",
    severity: "medium",
    cis: "1.3.4",
    ask: isGiven("service-account-private-key-file"),
  },
  { aspect: "authority", severity: "high", cis: "1.3.5", ask: isGiven("root-ca-file") },
  {
    aspect: "rotation",
    severity: "medium",
    cis: "1.3.6",
    ask: isGateKept("RotateKubeletServerCertificate"),
  },
  { aspect: "loopback", severity: "medium", cis: "1.3.7", ask: isLoopback("bind-address") },
];

const GOOD = [
  "--terminated-pod-gc-threshold=1000",
  "--profiling=false",
  "--use-service-account-credentials",
  "--service-account-private-key-file=/pki/sa.key",
  "--root-ca-file=/pki/ca.crt",
  "--bind-address=127.0.0.1",
];

export const controllerManagerGuarded: Check = {
  id: "controller-manager-guarded",
  title: "the controller manager gives each controller its own rights, and listens to nobody else",
  severity: "medium",
  why: "the controllers' credentials can create tokens and pods everywhere",
  fix: "set the flag in the manifest of the controller manager, or what the distribution has in its place",
  controls: [],
  ...componentCheck("kube-controller-manager", RULES),
  examples: {
    bad: [
      componentPod("kube-controller-manager", []),
      componentPod("kube-controller-manager", [
        ...GOOD,
        "--feature-gates=A=true",
        "--feature-gates=RotateKubeletServerCertificate=false",
      ]),
    ],
    good: [componentPod("kube-controller-manager", GOOD)],
  },
};
