import type { Check } from "../../../stages/check/contract.ts";
import { componentPod } from "../shared/component-examples.ts";
import { componentCheck, is, isLoopback, type OptionRule } from "../shared/option-rules.ts";

const RULES: readonly OptionRule[] = [
  { aspect: "profiling", severity: "low", cis: "1.4.1", ask: is("profiling", "false") },
  { aspect: "loopback", severity: "medium", cis: "1.4.2", ask: isLoopback("bind-address") },
];

export const schedulerGuarded: Check = {
  id: "scheduler-guarded",
  title: "the scheduler tells nobody else what it does",
  severity: "medium",
  why: "its profiles and metrics tell of the cluster's inside, and can be made to cost it much",
  fix: "set --profiling=false and --bind-address=127.0.0.1 in the manifest of the scheduler",
  controls: [],
  ...componentCheck("kube-scheduler", RULES),
  examples: {
    bad: [
      componentPod("kube-scheduler", ["--profiling", "--bind-address=127.0.0.1"]),
      componentPod("kube-scheduler", ["--profiling=false"]),
    ],
    good: [componentPod("kube-scheduler", ["--profiling=false", "--bind-address", "127.0.0.1"])],
  },
};
