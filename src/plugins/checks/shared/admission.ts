// Webhooks that have a say in which pods start.
import type { AdmissionHook, AskedOf } from "../../../model/admission-hook.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";

/** A webhook that may refuse pods, and the object that makes the API server ask it. */
export interface PodJudge {
  readonly hook: AdmissionHook;
  readonly object: ClusterObject;
}

/** Those that only judge, and are asked before a pod is made. What changes pods is not there to refuse them. */
export function podJudgesIn(objects: readonly ClusterObject[]): PodJudge[] {
  return objects.flatMap((object) =>
    (object.admission ?? [])
      .filter(({ role, rules }) => role === "judges" && rules.some(isAboutPods))
      .map((hook) => ({ hook, object })),
  );
}

/** A rule for what is in no namespace is never asked about pods. */
function isAboutPods({ groups, resources, operations, scope }: AskedOf): boolean {
  return (
    scope !== "Cluster" &&
    groups.some((name) => name === "" || name === "*") &&
    resources.some((name) => name === "pods" || name === "*" || name === "*/*") &&
    operations.some((name) => name === "CREATE" || name === "*")
  );
}
