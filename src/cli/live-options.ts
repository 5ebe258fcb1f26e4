// Options by which a cluster is asked itself, for commands that read files otherwise.
import type { OptionSpec, Options } from "./command.ts";

export const LIVE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  live: {
    type: "boolean",
    summary: "ask the cluster itself, as kubectl would; nothing is changed, and no Secret is read",
  },
  kubeconfig: {
    type: "string",
    value: "FILE",
    summary: "with --live: where the cluster is (default: KUBECONFIG, ~/.kube/config)",
  },
  context: {
    type: "string",
    value: "NAME",
    summary: "with --live: which cluster of that file (default: the current one)",
  },
};

/** Which cluster is to be asked; null for none. */
export function liveChoice(
  options: Options,
): { readonly kubeconfig: string | null; readonly context: string | null } | null {
  const kubeconfig = options.text("kubeconfig");
  const context = options.text("context");
  const isAsked = options.flag("live") || kubeconfig !== null || context !== null;
  return isAsked ? { kubeconfig, context } : null;
}
