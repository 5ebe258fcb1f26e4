// Pods and settings of Kubernetes' own programs, as short as examples can be.
import type { Example } from "../../../stages/check/contract.ts";

/** The pod of a component with these flags. */
export function componentPod(component: string, flags: readonly string[]): Example {
  const command = [component, ...flags];
  return {
    format: "component",
    document: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: component, namespace: "kube-system" },
      spec: { containers: [{ name: component, image: `example.org/${component}:1`, command }] },
    },
  };
}

/** A configuration file of the kubelet or of kube-proxy. */
export function componentFile(kind: string, settings: Readonly<Record<string, unknown>>): Example {
  const group = kind === "KubeletConfiguration" ? "kubelet" : "kubeproxy";
  const apiVersion = `${group}.config.k8s.io/v1${group === "kubelet" ? "beta1" : "alpha1"}`;
  return { format: "component", document: { apiVersion, kind, ...settings } };
}
