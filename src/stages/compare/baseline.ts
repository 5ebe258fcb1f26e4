// A baseline is a recording in which everything stands once: what `access minimize` reads, and what is watched against.
import type { ObservedContainer, ObservedEvent, ObservedWindow } from "../../model/observed.ts";
import { Behaviour } from "./behaviour.ts";

/** What is known of the containers of one name in one workload. */
export interface Baseline {
  readonly architecture: ObservedWindow["architecture"];
  /** Each time that one was looked at, of whichever image; the last one is the newest. */
  readonly looks: readonly [ObservedContainer, ...ObservedContainer[]];
  /** Events that were dropped meanwhile. */
  readonly lost: number;
  readonly behaviour: Behaviour;
}

/** Looks that are kept; what was seen in older ones stays. */
const LOOKS_MAX = 200;

/** Whose baseline it is: the same for every copy and every start, and for every image of one origin. */
export function ownerOf(one: ObservedContainer): string {
  const { platform, namespace, workloadKind, workload, name, repository } = one;
  return JSON.stringify([platform, namespace, workloadKind, workload, name, repository]);
}

interface Growing {
  readonly looks: ObservedContainer[];
  readonly behaviour: Behaviour;
}

/** The baselines of a recording, one for each container of a workload. What is of no container that it introduces is left out. */
export function baselinesOf(events: Iterable<ObservedEvent>): readonly Baseline[] {
  const owners = new Map<string, Growing>();
  const byId = new Map<string, Growing>();
  let architecture: ObservedWindow["architecture"] = "amd64";
  let lost = 0;
  for (const event of events) {
    if (event.kind === "window") ({ architecture } = event);
    else if (event.kind === "loss") lost += event.count;
    else if (event.kind === "container") {
      const owner = ownerOf(event);
      const growing = owners.get(owner) ?? { looks: [], behaviour: new Behaviour() };
      growing.looks.push(event);
      owners.set(owner, growing);
      byId.set(event.id, growing);
    } else {
      const { container, at, ...deed } = event;
      byId.get(container)?.behaviour.add(deed, at);
    }
  }
  return [...owners.values()].flatMap(({ looks: [first, ...more], behaviour }) =>
    first === undefined ? [] : [{ architecture, looks: [first, ...more], lost, behaviour }],
  );
}

/** Both as one: what was seen before stays, with the time when it was seen first. */
export function joined(before: Baseline, after: Baseline): Baseline {
  const behaviour = new Behaviour();
  const deeds = [...before.behaviour.deeds(), ...after.behaviour.deeds()];
  for (const { deed, at } of deeds.sort((a, b) => a.at - b.at)) behaviour.add(deed, at);
  const [first, ...more] = [...before.looks, ...after.looks].slice(-LOOKS_MAX);
  return {
    architecture: after.architecture,
    looks: [first ?? after.looks[0], ...more],
    lost: before.lost + after.lost,
    behaviour,
  };
}

/** One recording of several baselines. What was done is told under the newest look of each. */
export function* recordingOf(baselines: readonly Baseline[]): Generator<ObservedEvent> {
  const looks = baselines.flatMap((one) => one.looks);
  const [first] = baselines;
  if (first === undefined) return;
  const from = Math.min(...looks.map((one) => one.from));
  const to = Math.max(...looks.map((one) => one.to));
  const { architecture } = first;
  yield { kind: "window", schema: "bulwark.dev/observed/v1", architecture, from, to };
  for (const [place, baseline] of baselines.entries()) {
    const id = (look: number): string => `${place + 1}.${look + 1}`;
    for (const [look, one] of baseline.looks.entries()) yield { ...one, id: id(look) };
    const container = id(baseline.looks.length - 1);
    for (const { deed, at } of baseline.behaviour.deeds()) yield { ...deed, container, at };
  }
  const lost = Math.max(...baselines.map((one) => one.lost));
  if (lost > 0) yield { kind: "loss", at: to, count: lost };
}

/** Milliseconds in which it was looked at, copies at the same time counted once. */
export function learnedMs({ looks }: Baseline): number {
  let total = 0;
  let reached = 0;
  for (const { from, to } of [...looks].sort((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return total;
}
