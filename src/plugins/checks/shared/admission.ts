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

/** Why pods may get past it: while it does not answer, or because it is not asked about them all; null where none do. */
export function gapIn(hook: AdmissionHook): string | null {
  const { failurePolicy, namespaces, objects, hasConditions } = hook;
  if (failurePolicy.state !== "known" || failurePolicy.value !== "Fail")
    return "is passed over while it does not answer";
  if (!isForAll(namespaces, hook)) return "is asked about some namespaces only";
  return isForAll(objects, null) && !hasConditions ? null : "is asked about some pods only";
}

function isForAll(selector: unknown, hook: AdmissionHook | null): boolean {
  if (selector === null) return true;
  if (typeof selector !== "object") return false;
  const { matchLabels, matchExpressions = [] } = selector as Readonly<Record<string, unknown>>;
  const asks = Object.keys(matchLabels ?? {}).length > 0 || !Array.isArray(matchExpressions);
  return !asks && matchExpressions.every((one) => hook !== null && leavesOutOwn(one, hook));
}

/** Whether an expression leaves out nothing but namespaces by their names, of which it is known that they are to be. */
function leavesOutOwn(expression: unknown, hook: AdmissionHook): boolean {
  if (typeof expression !== "object" || expression === null) return false;
  const { key, operator, values } = expression as Readonly<Record<string, unknown>>;
  return (
    key === "kubernetes.io/metadata.name" &&
    operator === "NotIn" &&
    Array.isArray(values) &&
    values.every((name) => isLeftOutAlways(hook, name))
  );
}

/** Kubernetes itself advises to leave them out, and a webhook's own: the cluster could not start again. */
export function isLeftOutAlways({ namespace }: AdmissionHook, name: unknown): boolean {
  return SYSTEM.has(name) || name === namespace;
}

const SYSTEM: ReadonlySet<unknown> = new Set(["kube-system", "kube-node-lease", "kube-public"]);

/** A rule for what is in no namespace is never asked about pods. */
function isAboutPods({ groups, resources, operations, scope }: AskedOf): boolean {
  return (
    scope !== "Cluster" &&
    groups.some((name) => name === "" || name === "*") &&
    resources.some((name) => name === "pods" || name === "*" || name === "*/*") &&
    operations.some((name) => name === "CREATE" || name === "*")
  );
}
