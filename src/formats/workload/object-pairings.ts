// Which objects of a cluster are those that files declare: by kind, name and namespace; and which pods run them.
import { ABSENT, unknown } from "../../kit/fact.ts";
import type { Instance, Pairing, RunningImage } from "../../model/pairing.ts";
import type { StartedImage, Workload } from "../../model/workload.ts";
import { pairingOf } from "./pairings.ts";

/** Where a cluster keeps what runs itself. */
const SYSTEM = new Set(["kube-system", "kube-public", "kube-node-lease"]);

/** A pairing, and the object of the cluster; null where it has none. */
export interface PairedObject {
  readonly pairing: Pairing;
  readonly live: Workload | null;
}

/** What a cluster has. */
export interface LiveObjects {
  /** Those that nothing else controls, and pods of which somebody has told. */
  readonly workloads: readonly Workload[];
  readonly pods: readonly Workload[];
  /** Why there may be more. */
  readonly unseen: readonly string[];
}

/** @param declared null when nobody said what is declared. */
export function pairedObjects(
  declared: readonly Workload[] | null,
  { workloads, pods, unseen }: LiveObjects,
): PairedObject[] {
  const byKey = new Map(workloads.map((one) => [keyOf(one.kind, one.namespace, one.name), one]));
  const running = podsByOwner(pods, byKey);
  const paired = new Set<Workload>();
  const instances = (live: Workload): Instance[] => {
    const own = running.get(live) ?? [];
    if (own.length === 0) return [{ name: live.name, workload: live, images: new Map() }];
    return own.map((pod) => ({ name: pod.name, workload: live, images: imagesOf(pod) }));
  };
  const all = (declared ?? []).map((one): PairedObject => {
    const found = liveOf(one, workloads, byKey);
    if (typeof found === "string")
      return { live: null, pairing: pairingOf(one, [], [unknown(one.at, found)]) };
    if (found === null) {
      const gaps = unseen.map((why) => unknown(one.at, why));
      return { live: null, pairing: pairingOf(one, [], gaps) };
    }
    paired.add(found);
    return { live: found, pairing: pairingOf(one, instances(found), []) };
  });
  const rest = workloads
    .filter((one) => !paired.has(one))
    .map((live): PairedObject => {
      const isAsked = declared !== null && !SYSTEM.has(live.namespace ?? "");
      const pairing = pairingOf(null, instances(live), []);
      return { live, pairing: { ...pairing, isDeclaredKnown: isAsked } };
    });
  return [...all, ...rest];
}

/** A text when it cannot be told which is meant. Without a namespace it is the default one, or the only one that has it. */
function liveOf(
  { kind, name, namespace }: Workload,
  workloads: readonly Workload[],
  byKey: ReadonlyMap<string, Workload>,
): Workload | string | null {
  const exact = byKey.get(keyOf(kind, namespace ?? "default", name));
  if (exact !== undefined || namespace !== null) return exact ?? null;
  const named = workloads.filter((one) => one.kind === kind && one.name === name);
  if (named.length < 2) return named[0] ?? null;
  return `it says no namespace, and ${named.length} namespaces have ${kind} ${name}`;
}

function keyOf(kind: string, namespace: string | null, name: string): string {
  return JSON.stringify([kind, namespace ?? "default", name]);
}

function podsByOwner(
  pods: readonly Workload[],
  byKey: ReadonlyMap<string, Workload>,
): Map<Workload, Workload[]> {
  const owned = new Map<Workload, Workload[]>();
  for (const pod of pods) {
    const owner = ownerIn(pod, byKey);
    if (owner === undefined) continue;
    const those = owned.get(owner);
    if (those === undefined) owned.set(owner, [pod]);
    else those.push(pod);
  }
  return owned;
}

/** A job of a CronJob is named after it and the minute. */
function ownerIn(pod: Workload, byKey: ReadonlyMap<string, Workload>): Workload | undefined {
  const { namespace, name } = pod;
  const controller = pod.started?.controller ?? null;
  if (controller === null) return byKey.get(keyOf("Pod", namespace, name));
  const owner = byKey.get(keyOf(controller.kind, namespace, controller.name));
  if (owner !== undefined || controller.kind !== "Job") return owner;
  return byKey.get(keyOf("CronJob", namespace, controller.name.replace(/-\d+$/, "")));
}

function imagesOf({ started }: Workload): ReadonlyMap<string, RunningImage> {
  return new Map((started?.images ?? []).map((one) => [one.container, imageOf(one)]));
}

function imageOf({ digest, isOfRegistry }: StartedImage): RunningImage {
  return {
    id: digest,
    digests: digest !== null && isOfRegistry ? [digest] : [],
    nameHas: ABSENT,
    registryHas: ABSENT,
    // An object says everything itself that is compared.
    settings: { user: ABSENT, variables: [] },
  };
}
