// Which workload a container belongs to, by what its runtime wrote down.
import type { Container } from "../../model/container.ts";
import type { ObservedContainer } from "../../model/observed.ts";

/** What a recording says of a container, but for when it was looked at. */
export function lookOf(
  container: Container,
): Omit<ObservedContainer, "from" | "to" | "sawStart" | "sawEnd"> {
  const { id, image, labels, pod } = container;
  return {
    kind: "container",
    id,
    // A locally built image has no digest of a registry: its own id stands in.
    image: image?.digest ?? image?.id ?? null,
    repository: image?.repository ?? null,
    ...workloadOf(container),
    labels: pod?.labels ?? labels,
  };
}

function workloadOf({
  id,
  name,
  labels,
  pod,
}: Container): Pick<
  ObservedContainer,
  "platform" | "namespace" | "workloadKind" | "workload" | "name"
> {
  const own = name ?? id.slice(0, 12);
  if (pod !== null) {
    const { namespace, labels: given } = pod;
    return { platform: "kubernetes", namespace, ...ownerOfPod(pod.name, given), name: own };
  }
  const project = labels["com.docker.compose.project"];
  const service = labels["com.docker.compose.service"];
  if (project !== undefined && service !== undefined) {
    return {
      platform: "compose",
      namespace: null,
      workloadKind: "service",
      workload: service,
      name: service,
    };
  }
  return {
    platform: "engine",
    namespace: null,
    workloadKind: "container",
    workload: own,
    name: own,
  };
}

/** Controllers name pods after themselves and put the difference between copies at the end. */
function ownerOfPod(
  name: string,
  labels: Readonly<Record<string, string>>,
): { readonly workloadKind: string; readonly workload: string } {
  const hash = labels["pod-template-hash"];
  const at = hash === undefined ? -1 : name.lastIndexOf(`-${hash}-`);
  if (at > 0) return { workloadKind: "Deployment", workload: name.slice(0, at) };
  const isStateful = labels["apps.kubernetes.io/pod-index"] !== undefined;
  if (isStateful) return { workloadKind: "StatefulSet", workload: name.replace(/-\d+$/, "") };
  const isDaemon = labels["controller-revision-hash"] !== undefined;
  return isDaemon
    ? { workloadKind: "DaemonSet", workload: name.replace(/-[a-z0-9]{5}$/, "") }
    : { workloadKind: "Pod", workload: name };
}
