import { effective, type Fact } from "../../../kit/fact.ts";
import { list } from "../../../kit/phrase.ts";
import type { Container, Pointer, Workload } from "../../../model/workload.ts";
import type {
  Control,
  Fault,
  RequirementOf,
  Standard,
  Statement,
} from "../../../stages/check/contract.ts";
import type { Repair } from "./repairs.ts";

/** What is wrong with a value, as a phrase; an aspect where the check has several. null when nothing is. */
export type Offence = string | { readonly state: string; readonly aspect: string } | null;

/** What a check says of a workload: each known value that offends is a fault, each unknown one a doubt. */
export class Said {
  readonly all: Statement[] = [];

  /**
   * @param container Whose fact it is; null for the pod's.
   * @param repair What makes each of its faults go away; absent where somebody has to decide.
   */
  of<T extends string | number | boolean>(
    container: Container | null,
    fact: Fact<T>,
    offence: (value: T) => Offence,
    repair?: Repair,
  ): void {
    if (fact.state === "absent") return;
    const name = container?.name ?? null;
    if (fact.state === "unknown") {
      this.all.push({ kind: "doubt", at: fact.at, container: name, why: fact.why });
      return;
    }
    const found = offence(fact.value);
    if (found === null) return;
    const { at, value } = fact;
    const state = stated(found);
    this.all.push({ kind: "fault", at, container: name, ...state, value, ...repaired(repair, at) });
  }

  /** Something that ought to be set in a container, and is not. */
  lack(container: Container, what: Exclude<Offence, null>, repair?: Repair): void {
    const { at, name } = container;
    this.all.push({ kind: "fault", at, container: name, ...stated(what), ...repaired(repair, at) });
  }

  /** Something that is so at a place; of no container unless one is named. */
  fault(
    at: Pointer,
    state: string,
    more: Partial<Pick<Fault, "container" | "value" | "aspect" | "repair" | "about">> = {},
  ): void {
    this.all.push({ kind: "fault", at, container: null, state, ...more });
  }

  /** Something that ought to be switched on. @param at Where that would be said. */
  switched(fact: Fact<boolean>, at: Pointer, state: string, aspect?: string): void {
    if (fact.state === "unknown")
      this.all.push({ kind: "doubt", at: fact.at, container: null, why: fact.why });
    else if (fact.state === "absent" || !fact.value)
      this.fault(at, state, aspect === undefined ? {} : { aspect });
  }

  /** A value that must not be told. */
  secret(container: Container, at: string, state: string): void {
    this.all.push({ kind: "fault", at, container: container.name, state });
  }

  /**
   * A lack in several containers, where the pod could set it for all: one cause, one fault.
   *
   * @param repair For the pod.
   */
  lackInAll(
    workload: Workload,
    containers: readonly Container[],
    offence: Exclude<Offence, null>,
    repair?: Repair,
  ): void {
    const [first] = containers;
    if (first === undefined) return;
    const edits = repaired(repair, workload.podAt);
    const { state: what, ...more } = stated(offence);
    const rest = { ...more, ...edits };
    if (containers.length === 1) {
      this.all.push({ kind: "fault", at: first.at, container: first.name, state: what, ...rest });
      return;
    }
    const names = containers.slice(0, 5).map(({ name }) => name);
    if (containers.length > names.length) names.push(`${containers.length - names.length} more`);
    const state = `${what} for the pod, nor for its containers ${list(names)}`;
    this.all.push({ kind: "fault", at: workload.podAt, container: null, state, ...rest });
  }
}

function stated(offence: Exclude<Offence, null>): Pick<Fault, "state" | "aspect"> {
  return typeof offence === "string" ? { state: offence } : offence;
}

function repaired(repair: Repair | undefined, at: Pointer): Pick<Fault, "repair"> {
  return repair === undefined ? {} : { repair: repair(at) };
}

/** Containers for which neither they nor their pod say anything; whatever is known or unknown of the others was said of them. */
export function withoutSetting<T>(
  { containers }: Workload,
  own: (container: Container) => Fact<T>,
  pod: Fact<T>,
): Container[] {
  return containers.filter((container) => effective(own(container), pod).state === "absent");
}

/** A check of settings that only Linux has, or only Kubernetes. */
export function isWindows({ os }: Workload): boolean {
  return os.state === "known" && os.value === "windows";
}

/** Requirements of standards, in short: `controls({ "pss-baseline": ["HostPath Volumes"] })`. */
export function controls(
  byStandard: {
    readonly [S in Standard]?: readonly RequirementOf<S>[];
  },
): Control[] {
  return Object.entries(byStandard).flatMap(([standard, ids]) =>
    ids.map((id) => ({ standard: standard as Standard, id })),
  );
}
