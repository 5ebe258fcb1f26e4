// What made a pod or another workload, by its owner references.
// Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/.
import type { WorkloadOwner } from "../../model/checkable.ts";
import { isPlain } from "./facts.ts";

/** The cluster's own, by the accounts in which they ask; all under the last, where they have no accounts. */
const CONTROLLERS: ReadonlySet<string> = new Set([
  ...[
    "cronjob-controller",
    "daemon-set-controller",
    "deployment-controller",
    "job-controller",
    "replicaset-controller",
    "replication-controller",
    "statefulset-controller",
  ].map((name) => `system:serviceaccount:kube-system:${name}`),
  "system:kube-controller-manager",
]);

const HASH = "pod-template-hash";

/**
 * What a controller of the cluster made an object for: of a pod of a Deployment the Deployment, not the ReplicaSet between them.
 *
 * @param user Who asks for it. Anybody may write any owner into an object; the cluster's controllers write what is so.
 * @returns null when there is none, or nobody vouches for it.
 */
export function ownerOf(object: unknown, user: string): WorkloadOwner | null {
  return CONTROLLERS.has(user) ? controllerOf(object) : null;
}

/** The same by what the object says of itself, which whoever may write it can say. */
export function controllerOf(object: unknown): WorkloadOwner | null {
  if (!isPlain(object)) return null;
  const { metadata } = object;
  if (!isPlain(metadata) || !Array.isArray(metadata["ownerReferences"])) return null;
  const owner: unknown = metadata["ownerReferences"].find(
    (one: unknown) => isPlain(one) && one["controller"] === true,
  );
  if (!isPlain(owner)) return null;
  const { kind, name } = owner;
  if (typeof kind !== "string" || typeof name !== "string") return null;
  const hash = isPlain(metadata["labels"]) ? metadata["labels"][HASH] : undefined;
  // A Deployment names its ReplicaSets after itself and the hash of their template.
  return kind === "ReplicaSet" && typeof hash === "string" && name.endsWith(`-${hash}`)
    ? { kind: "Deployment", name: name.slice(0, -hash.length - 1) }
    : { kind, name };
}
