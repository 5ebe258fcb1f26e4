// What a cluster says of a pod that it has started.
// Source: Kubernetes API, PodStatus and ContainerStatus.
import { ABSENT } from "../../kit/fact.ts";
import type { Placement, StartedImage, StartedPod } from "../../model/workload.ts";
import { type Gaps, isPlain, membersAt, type Place, type Plain, textAt } from "./facts.ts";
import { controllerOf } from "./owner.ts";

const STATUSES = ["initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses"];
const IMAGES_MAX = 1000;

/** @returns null for a pod that nobody has started yet, as in a file that asks for it. */
export function startedPod(pod: Plain | null): StartedPod | null {
  const status = pod?.["status"];
  if (!isPlain(status)) return null;
  const images = STATUSES.flatMap((name): StartedImage[] => {
    const list = status[name];
    return Array.isArray(list) ? list.slice(0, IMAGES_MAX).flatMap(startedImage) : [];
  });
  return { controller: controllerOf(pod), addresses: addressesOf(status), images };
}

const ADDRESSES_MAX = 10;

/** One of each family, of which the first is written twice. */
function addressesOf({ podIP, podIPs }: Plain): string[] {
  const listed = Array.isArray(podIPs)
    ? podIPs.slice(0, ADDRESSES_MAX).map((one: unknown) => (isPlain(one) ? one["ip"] : null))
    : [];
  const texts = [podIP, ...listed].filter((one) => typeof one === "string" && one !== "");
  return [...new Set(texts as string[])];
}

/** On which node the pods of a spec run, or from which nodes it is chosen; nothing where all it says is left to the cluster. */
export function placementOf(
  spec: Place,
  gaps: Gaps,
): { readonly placement: Placement } | Record<string, never> {
  const { nodeName, nodeSelector } = spec.value ?? {};
  if (nodeName === undefined && nodeSelector === undefined) return NOWHERE;
  const labels = membersAt(spec, "nodeSelector", gaps).flatMap(({ name, value }) =>
    typeof value === "string" ? { name, value } : [],
  );
  const node = textAt(spec, "nodeName");
  return {
    placement: { node: node.state === "known" && node.value === "" ? ABSENT : node, labels },
  };
}

const NOWHERE: Record<string, never> = {};

/** `docker.io/library/app@sha256:…`, with `docker-pullable://` before it on old nodes; the id alone of what was built there. */
function startedImage(status: unknown): StartedImage[] {
  if (!isPlain(status) || typeof status["name"] !== "string") return [];
  const id = typeof status["imageID"] === "string" ? status["imageID"] : "";
  const [, digest] = /(sha256:[0-9a-f]{64})$/.exec(id) ?? [];
  return [{ container: status["name"], digest: digest ?? null, isOfRegistry: id.includes("@") }];
}
