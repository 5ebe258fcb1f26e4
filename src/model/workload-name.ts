import { glob } from "../kit/glob.ts";
import { type Container, isMeantBy } from "./container.ts";
import type { WorkloadMode } from "./sighting.ts";

/**
 * What a container is of, by a name that stays the same when it is made anew: `shop/web` of Compose, `prod/api/app` for the
 * container `app` of a pod `api-6d4f9c7b9-x2x7v`, else the name that somebody gave it.
 */
export function workloadName({ id, name, pod, labels }: Container): string {
  if (pod !== null) return `${pod.namespace}/${ownerOfPod(pod.name)}/${name ?? "-"}`;
  const [project, service] = ["project", "service"].map(
    (key) => labels[`com.docker.compose.${key}`],
  );
  if (project !== undefined && service !== undefined) return `${project}/${service}`;
  const swarm = labels["com.docker.swarm.service.name"];
  return swarm ?? name ?? id.slice(0, 12);
}

/** Pods of a Deployment end in two words that are made up, of a DaemonSet or Job in one, of a StatefulSet in a number. */
function ownerOfPod(name: string): string {
  return name
    .replace(/(?:-[0-9a-f]{8,10})?-[0-9bcdfghjklmnpqrstvwxz]{5}$/, "")
    .replace(/-\d+$/, "");
}

/** The first mode that is meant for a container; null when none is. */
export function modeFor(container: Container, modes: readonly WorkloadMode[]): WorkloadMode | null {
  return modes.find((one) => isWorkload(container, one.workload)) ?? null;
}

/** Whether somebody meant this container: by its own names, or by its workload's, in which `*` stands for anything. */
export function isWorkload(container: Container, written: string): boolean {
  if (isMeantBy(container, written)) return true;
  const { name, image } = container;
  const fits = glob(written === "*" ? "**" : written);
  return [workloadName(container), name, image?.repository].some((one) => one != null && fits(one));
}
