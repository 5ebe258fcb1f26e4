// Edits by which faults of workloads go away: see `Fault.repair` for when one may be given.
import type { Edit } from "../../../model/edit.ts";
import type { Container, Pointer, Workload } from "../../../model/workload.ts";

/** What to do about a value, given where it stands. */
export type Repair = (at: Pointer) => readonly Edit[];

/** Takes the setting away, so that the platform's default holds. */
export const removed: Repair = (at) => [{ kind: "remove", at }];

/** The word that a field of Kubernetes has by default; other platforms have options, which are taken away. */
export function usual({ platform }: Workload, word: string): Repair {
  return (at) => (platform === "kubernetes" ? [{ kind: "set", at, value: word }] : removed(at));
}

/** Drops a capability. Whoever is not root has none in effect, so that for them `ALL` takes nothing away. */
export function dropped({ platform }: Workload, capability: "ALL" | "NET_RAW"): Repair {
  const list = platform === "kubernetes" ? "securityContext/capabilities/drop" : "cap_drop";
  return (at) => [{ kind: "add", at: `${at}/${list}`, value: capability }];
}

/** Whether an own setting says that it is not root; what the image says is not known here. */
export function isNotRoot({ security }: Workload, container: Container): boolean {
  const [own, pod] = [container.security, security];
  const user = own.runAsUser.state === "absent" ? pod.runAsUser : own.runAsUser;
  if (user.state === "known") return user.value > 0;
  const isRefused = own.runAsNonRoot.state === "absent" ? pod.runAsNonRoot : own.runAsNonRoot;
  return user.state === "absent" && isRefused.state === "known" && isRefused.value;
}
